"""Reads an old workbook (.xls) in a process of its own: run as a script, it knows nothing of the program around it.

Bytes come on the standard input; on the standard output a line of JSON for every sheet, its merged cells, one for
every row, and null. A date is {"d": "1968-08-05"}. Exit status 3 tells of a password, 4 of something that is no
workbook; who asks for more memory or time than is given dies of it.
"""

import io
import json
import resource
import sys
from datetime import date, datetime

MOST_MEMORY = 768 * 1024 * 1024
MOST_SECONDS = 40
PASSWORD, NO_WORKBOOK = 3, 4


def plain(value: object) -> object:
    """A cell as JSON has a word for it."""
    if isinstance(value, datetime):
        return {"d": value.date().isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return value if isinstance(value, str | float | int | bool) else str(value)


def main() -> int:
    """Read, and print what was read."""
    content = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for known in book.sheets_metadata:
            if known.visible != SheetVisibleEnum.Visible or known.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(known.name)
            print(json.dumps(sheet.merged_cell_ranges or []))
            for row in sheet.iter_rows():
                print(json.dumps([plain(cell) for cell in row], ensure_ascii=True))
            print("null")
    except BrokenPipeError:
        return 0
    except BaseException as error:  # the reader panics at what it never expected
        print(error, file=sys.stderr)
        return PASSWORD if "assword" in str(error) else NO_WORKBOOK
    return 0


if __name__ == "__main__":
    sys.exit(main())
