"""From written text to Python's own syntax tree, with limits; nothing here is ever evaluated."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from typing import NoReturn

from core.errors import BadInput, Reason
from core.text import Text

LONGEST = 2_000  # characters
DEEPEST = 30  # brackets, operators and calls inside each other

_BLANKS = str.maketrans(dict.fromkeys("\t\n\r\f\v", " "))


class CriterionError(BadInput):
    """A criterion that cannot be meant; says which one, where, what is wrong and what to write instead.

    ``column`` counts the characters of the whole expression from 1; the sentence gives line and column where there are
    several lines.
    """

    title = Text("Tiêu chí viết chưa đúng", "Criterion to correct")

    def __init__(self, code: str, problem: Text, expression: str = "", column: int = 0) -> None:
        self.code = code
        self.column = column
        where = _position(expression, column)
        sentence = Text(f"Tiêu chí {code}{where.vi}: {problem.vi}", f"Criterion {code}{where.en}: {problem.en}")
        super().__init__(Reason("criterion", sentence, seen=expression or None, field=code))


def _position(expression: str, column: int) -> Text:
    if not column:
        return Text("", "")
    before = expression[:column - 1]
    if "\n" not in expression:
        return Text(f", cột {column}", f", column {column}")
    line, place = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Text(f", dòng {line}, cột {place}", f", line {line}, column {place}")


class Source:
    """The written expression of one criterion, to point into."""

    def __init__(self, code: str, expression: str) -> None:
        self.code = code
        self.expression = expression
        # Line breaks count as blanks, so that a long criterion can be written over several lines. One character
        # stays one character, and columns go on counting from the beginning of what was written.
        flat = expression.translate(_BLANKS)
        self._text = flat.strip()
        self._indent = len(flat) - len(flat.lstrip())

    def tree(self) -> ast.expr:
        """Python's syntax tree of the expression. Raises ``CriterionError`` when it is none, too long or too deep."""
        if not self._text:
            self.refuse(_EMPTY)
        if len(self._text) > LONGEST:
            self.refuse(_TOO_LONG.format(limit=LONGEST))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # "\d" in a text or 1in x: Python only warns of what it will soon refuse
                tree = ast.parse(self._text, mode="eval").body
            for token in tokenize.generate_tokens(io.StringIO(self._text).readline):
                if token.type == tokenize.COMMENT:  # with lines joined it would swallow the rest of the criterion
                    self.refuse(_COMMENT, token.start[1])
        except SyntaxError as error:
            at = error.offset - 1 if error.offset else len(self._text)  # no offset: it breaks off at the end
            self.refuse(_NOT_READABLE.format(detail=error.msg), min(at, len(self._text)))
        except (ValueError, RecursionError, MemoryError, tokenize.TokenError):
            self.refuse(_NOT_READABLE.format(detail="invalid characters or too many brackets"))
        self._measure(tree, 1)
        return tree

    def refuse(self, problem: Text, at: ast.AST | int | None = None) -> NoReturn:
        """Raise the error, pointing at a node of the tree or at a character counted from 0."""
        column = 0
        if isinstance(at, int):
            column = self._indent + at + 1
        elif at is not None and hasattr(at, "col_offset"):  # Python counts bytes, people count letters
            column = self._indent + len(self._text.encode()[:at.col_offset].decode(errors="ignore")) + 1
        raise CriterionError(self.code, problem, self.expression, column)

    def _measure(self, node: ast.AST, depth: int) -> None:
        if depth > DEEPEST:
            self.refuse(_TOO_DEEP.format(limit=DEEPEST), node)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr | ast.comprehension):
                self._measure(child, depth + 1)


_EMPTY = Text("chưa có biểu thức.", "the expression is empty.")
_TOO_LONG = Text("biểu thức dài quá {limit} ký tự; hãy tách thành nhiều tiêu chí.",
                 "the expression has more than {limit} characters; split it into several criteria.")
_TOO_DEEP = Text("lồng nhau quá {limit} tầng; hãy tách thành nhiều tiêu chí.",
                 "nested more than {limit} deep; split it into several criteria.")
_COMMENT = Text("không ghi chú bằng # trong biểu thức; hãy ghi vào câu của tiêu chí.",
                "no comment with # inside an expression; put it into the criterion's sentence.")
_NOT_READABLE = Text("không đọc được biểu thức ({detail}); ví dụ đúng: answers.area >= params.house_area.",
                     "not an expression ({detail}); one is for example: answers.area >= params.house_area.")
