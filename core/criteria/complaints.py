"""What is said to the author of a criterion that cannot be meant, and what to write instead."""

from __future__ import annotations

from core.text import Text

TYPES = {
    "integer": Text("số nguyên", "a whole number"),
    "money": Text("số tiền", "an amount of money"),
    "date": Text("ngày", "a date"),
    "yes_no": Text("có/không", "yes or no"),
    "code": Text("mã", "a code"),
    "codes": Text("danh sách mã", "a list of codes"),
    "text": Text("văn bản", "text"),
    "table": Text("bảng", "a table"),
}

SYNTAX = {
    "JoinedStr": Text("chuỗi f\"…\"", "an f-string"),
    "Lambda": Text("lambda", "lambda"),
    "IfExp": Text("… if … else …", "… if … else …"),
    "Subscript": Text("dấu ngoặc vuông [ ]", "square brackets [ ]"),
    "NamedExpr": Text(":=", ":="),
    "Await": Text("await", "await"),
    "Starred": Text("dấu *", "a star *"),
    "Dict": Text("từ điển { : }", "a dictionary { : }"),
    "List": Text("danh sách ngoài in", "a list outside in"),
    "Tuple": Text("dấu phẩy ngoài in", "a comma outside in"),
    "Set": Text("tập hợp ngoài in", "a set outside in"),
    "ListComp": Text("vòng lặp ngoài any/all/count/sum", "a loop outside any/all/count/sum"),
    "SetComp": Text("vòng lặp ngoài any/all/count/sum", "a loop outside any/all/count/sum"),
    "DictComp": Text("vòng lặp ngoài any/all/count/sum", "a loop outside any/all/count/sum"),
    "GeneratorExp": Text("vòng lặp ngoài any/all/count/sum", "a loop outside any/all/count/sum"),
    "UnaryOp": Text("dấu + hoặc ~ đứng trước", "a leading + or ~"),
}

_LOOP = "any(m.sick for m in members if m.present)"
ARGUMENTS = {
    "any": Text(f"viết any(điều kiện for m in bảng if điều kiện), ví dụ {_LOOP}.",
                f"write any(condition for m in table if condition), for example {_LOOP}."),
    "all": Text("viết all(điều kiện for m in bảng if điều kiện).", "write all(condition for m in table if condition)."),
    "count": Text("viết count(m for m in bảng if điều kiện).", "write count(m for m in table if condition)."),
    "sum": Text("viết sum(số for m in bảng if điều kiện).", "write sum(number for m in table if condition)."),
    "age": Text("viết age(ngày sinh, ngày), ví dụ age(m.birth, on).",
                "write age(birth, day), for example age(m.birth, on)."),
    "years_between": Text("viết years_between(từ ngày, đến ngày).", "write years_between(from, to)."),
    "months_between": Text("viết months_between(từ ngày, đến ngày).", "write months_between(from, to)."),
    "add_years": Text("viết add_years(ngày, số năm).", "write add_years(day, number)."),
    "add_months": Text("viết add_months(ngày, số tháng).", "write add_months(day, number)."),
    "known": Text("viết known(tên), với một tên của dữ liệu hoặc tham số.",
                  "write known(name) with one fact or parameter."),
    "date": Text("viết date(năm, tháng, ngày), ví dụ date(2024, 1, 1).",
                 "write date(year, month, day), for example date(2024, 1, 1)."),
}

INSTEAD_OF = {
    "len": Text("hãy viết count(m for m in bảng)", "write count(m for m in table)"),
    "min": Text("hãy so sánh từng số", "compare the numbers one by one"),
    "max": Text("hãy so sánh từng số", "compare the numbers one by one"),
    "today": Text("hãy dùng on, ngày xét", "use on, the date of judging"),
    "date.today": Text("hãy dùng on, ngày xét", "use on, the date of judging"),
}

NOT_A_CONDITION = Text("đây là {type}, không phải điều kiện; hãy so sánh, ví dụ … >= params.TÊN.",
                       "this is {type}, no condition; compare it, for example … >= params.NAME.")
CONDITION_AS_VALUE = Text("điều kiện đúng/sai không dùng làm giá trị; hãy nối bằng and, or, not.",
                          "a condition is no value here; join conditions with and, or, not.")
NONE = Text("không so sánh với None; hãy viết known(tên) hoặc not known(tên).",
            "nothing is compared with None; write known(name) or not known(name).")
IS = Text("không dùng is; hãy viết == hoặc !=.", "do not write is; write == or !=.")
NO_ORDER = Text("{type} chỉ so sánh bằng == hoặc !=.", "{type} is compared with == or != only.")
NOT_COMPARABLE = Text("{type} không so sánh được; hãy dùng in, count hoặc any.",
                      "{type} cannot be compared; use in, count or any.")
DIFFERENT_TYPES = Text("không so sánh hay cộng trừ {one} với {other}.", "{one} and {other} cannot be put side by side.")
WRONG_TYPE = Text("cần {needed} nhưng đây là {seen}.", "this must be {needed} but is {seen}.")
NOT_A_NUMBER = Text("cần số nguyên hoặc số tiền nhưng đây là {type}.",
                    "this must be a whole number or money but is {type}.")
DATE_ARITHMETIC = Text("không cộng trừ {type}; hãy dùng add_years, add_months, years_between hoặc months_between.",
                       "no arithmetic on {type}; use add_years, add_months, years_between or months_between.")
MONEY_TIMES_MONEY = Text("không nhân tiền với tiền.", "money is not multiplied by money.")
NO_DIVISION = Text("chỉ có +, - và *; thay vì a / b >= c hãy viết a >= b * c.",
                   "only +, - and * exist; instead of a / b >= c write a >= b * c.")
NOT_WHOLE = Text("chỉ dùng số nguyên và văn bản; tiền tính bằng đồng, tỷ lệ nhân lên trước (15% là * 100 và 15).",
                 "only whole numbers and text; money is in đồng, a share is multiplied out (15 % is * 100 and 15).")
TOO_LARGE = Text("số lớn quá {limit}.", "a number greater than {limit}.")
TEXT_TOO_LONG = Text("văn bản dài quá {limit} ký tự.", "a text of more than {limit} characters.")
NO_SUCH_DATE = Text("không có ngày {written}; viết date(năm, tháng, ngày) bằng số.",
                    "there is no day {written}; write date(year, month, day) in figures.")
NOT_ALLOWED = Text("không dùng {what} trong tiêu chí.", "{what} is not used in a criterion.")
UNKNOWN_FUNCTION = Text("không có hàm {name}; {instead}.", "there is no function {name}; {instead}.")
UNKNOWN_NAME = Text("không có dữ liệu {name}; {instead}.", "there is no fact {name}; {instead}.")
DID_YOU_MEAN = Text("có phải là {name}", "perhaps {name}")
THESE = Text("có: {names}", "there are: {names}")
NO_SUCH_CODE = Text("không có mã {code}; các mã: {codes}.", "there is no code {code}; the codes are: {codes}.")
OTHER_LIST = Text("hai danh sách mã khác nhau: {one} và {other}.",
                  "two lists without a common code: {one} and {other}.")
NOT_A_LITERAL = Text("trong danh sách chỉ ghi mã hoặc số; tham số thì viết in params.TÊN.",
                     "a list holds only literal codes or numbers; for a parameter write in params.NAME.")
EMPTY_LIST = Text("danh sách rỗng không chứa gì.", "nothing is in an empty list.")
NOT_IN_LIST = Text("{type} không dùng với in; chỉ mã, văn bản hoặc số nguyên của hồ sơ.",
                   "{type} is not looked for with in; only a code, text or whole number of the case.")
WHAT_LIST = Text("sau in là danh sách viết ra (\"N\", \"C\") hoặc dữ liệu kiểu danh sách mã.",
                 "after in stands a written list (\"N\", \"C\") or a fact that is a list of codes.")
COUNT_WHAT = Text("count chỉ đếm dòng: count({variable} for {variable} in {table} if …).",
                  "count counts rows: count({variable} for {variable} in {table} if …).")
NOT_A_TABLE = Text("vòng lặp chỉ đi qua một bảng; các bảng: {names}.",
                   "a loop goes over a table; the tables are: {names}.")
TAKEN = Text("tên {name} đã dùng; hãy chọn tên khác cho vòng lặp.", "the name {name} is taken; give the loop another.")
TOO_MANY_LOOPS = Text("chỉ lồng hai vòng lặp.", "only two loops inside each other.")
REGISTRY_STAGE = Text("tiêu chí rà soát không đọc được dữ liệu của hồ sơ ({names}); đặt stage=\"case\".",
                      "a registry criterion cannot read what only a case holds ({names}); set stage=\"case\".")
BAD_CODE = Text("mã tiêu chí chỉ gồm chữ thường không dấu, số và gạch dưới.",
                "a criterion's code is made of lower-case letters, digits and underscores.")
NO_SENTENCE = Text("tiêu chí phải có câu bằng cả hai ngôn ngữ.", "a criterion has a sentence in both languages.")
