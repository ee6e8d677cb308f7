"""Killed at any moment: a process does office work at random, is killed with SIGKILL, and everything has to hold.

``make kills`` does it some hundreds of times on both databases; the everyday tests a few times.
"""
