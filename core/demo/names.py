"""Names as people of Bắc Ninh bear them, by ethnic group, sex and age; rough frequencies, no list of real people."""

from __future__ import annotations

from random import Random

_KINH = (
    "Nguyễn*38 Trần*11 Lê*8 Phạm*7 Vũ*5 Hoàng*4 Đặng*3 Bùi*3 Đỗ*3 Ngô*3 Dương*2 Đào*2 Phan*2 Lưu*1 Tạ*1 Trịnh*1 Mai*1 "
    "Đinh*1 Lương*1 Nghiêm*1 Chu*1 Cao*1"
)
FAMILIES = {
    "Kinh": _KINH,
    "Nùng": "Hoàng*16 Nông*14 Vi*14 Lường*8 Lâm*8 Chu*7 Hứa*7 Lý*6 Triệu*5 Lương*5 Phùng*4 Mã*3 Long*3",
    "Tày": "Nông*18 Hoàng*18 Vi*12 Hà*8 Bế*6 Lương*6 Ma*5 Dương*5 Hứa*5 Lý*4",
    "Sán Chay": "Trần*22 Lục*14 Ninh*14 Hoàng*12 Lý*8 La*7 Tống*5 Đàm*4",
    "Sán Dìu": "Trương*16 Diệp*14 Lưu*12 Từ*11 Tạ*8 Ninh*7 Tô*7 Lý*7 Trần*6",
}
_MIDDLE = {
    ("male", False): "Văn*62 Đức*6 Hữu*5 Xuân*5 Đình*5 Quang*4 Ngọc*4 Công*3 Trọng*3 Bá*3",
    ("male", True): "Văn*18 Minh*14 Đức*10 Quang*9 Gia*8 Anh*6 Tuấn*6 Hoàng*6 Xuân*4 Đăng*4 Duy*4 Thành*4 Mạnh*4",
    ("female", False): "Thị*88 Thị Thu*3 Thị Kim*2 Thị Hồng*2 Thị Bích*2 Thị Ngọc*3",
    (
        "female",
        True,
    ): "Thị*22 Thị Thu*8 Thị Ngọc*7 Thị Thanh*6 Ngọc*9 Khánh*7 Phương*7 Bảo*6 Thanh*6 Minh*6 Thùy*5 Hà*4",
}
_GIVEN = {
    ("male", False): (
        "Hùng*6 Dũng*5 Thắng*5 Bình*5 Sơn*5 Hải*5 Tuấn*5 Thành*4 Cường*4 Hòa*4 Quý*3 Lợi*3 Chiến*4 Khải*2 Toàn*3 "
        "Sáng*3 Chung*3 Thịnh*3 Vinh*3 Đoàn*2 Lộc*2 Hiền*2 Tám*2 Mão*1 Thìn*2 Tỵ*1 Nhâm*1 Phú*2 An*1 Hưng*3 Định*2 Kỳ*1"
    ),
    ("male", True): (
        "Minh*7 Huy*6 Anh*6 Nam*6 Phong*5 Kiên*4 Quân*4 Phúc*4 Đạt*5 Duy*4 Long*5 Khôi*3 Bảo*4 Đăng*3 Hiếu*5 Khang*3 "
        "Tùng*4 Trường*3 Việt*3 Thái*2 Hoàng*4"
    ),
    ("female", False): (
        "Lan*6 Hoa*6 Huệ*4 Hồng*5 Mai*4 Liên*5 Nga*4 Hằng*4 Thủy*4 Hương*5 Loan*4 Tuyết*4 Nhung*4 Thoa*3 Mùi*2 Tỵ*2 "
        "Sửu*2 Bưởi*1 Nụ*2 Thơm*3 Thảo*3 Bích*3 Tâm*4 Hạnh*3 Xuyến*2 Yên*2 Vân*3 Ngân*2 Đào*2 Chín*2 Bé*1 Hợi*1"
    ),
    ("female", True): (
        "Linh*8 Trang*6 Anh*7 Ngọc*4 Chi*4 Hà*4 Phương*5 Thảo*5 My*4 Vy*4 Ngân*4 Nhi*4 Châu*3 Dương*3 Yến*4 Hân*3 "
        "Diệp*2 Mai*3 Quỳnh*4 Uyên*3"
    ),
}
_YOUNG_SINCE = 1994  # names changed with the generation born about then


def _weighted(text: str) -> tuple[list[str], list[int]]:
    pairs = [part.rsplit("*", 1) for part in _parts(text)]
    return [name for name, _ in pairs], [int(weight) for _, weight in pairs]


def _parts(text: str) -> list[str]:
    """The names of a list, of which some have a blank inside: each ends with its weight."""
    found, words = [], []
    for word in text.split():
        words.append(word)
        if "*" in word:
            found.append(" ".join(words))
            words = []
    return found


_FAMILY = {group: _weighted(text) for group, text in FAMILIES.items()}
_MIDDLES = {key: _weighted(text) for key, text in _MIDDLE.items()}
_GIVENS = {key: _weighted(text) for key, text in _GIVEN.items()}


def choose(rng: Random, weighted: tuple[list[str], list[int]]) -> str:
    """One of the names, by their weights."""
    return rng.choices(weighted[0], weighted[1])[0]


def family(rng: Random, group: str) -> str:
    """A family name of an ethnic group."""
    return choose(rng, _FAMILY[group])


def full_name(rng: Random, family_name: str, sex: str, born: int) -> str:
    """Family, middle and given name of somebody of that sex ("male", "female") born in that year."""
    key = (sex, born >= _YOUNG_SINCE)
    middle, given = choose(rng, _MIDDLES[key]), choose(rng, _GIVENS[key])
    while given == middle.split()[-1]:
        given = choose(rng, _GIVENS[key])
    return f"{family_name} {middle} {given}"


def id_number(rng: Random, registered: str, sex: str, born: int) -> str:
    """A made-up personal number that keeps the rules: registration, century and sex, year, then 99 and four digits.

    The last six count up the births of a year, and no province has had 990,000 in one: nobody bears such a number.
    """
    return f"{registered}{(born - 1900) // 100 * 2 + (sex == 'female')}{born % 100:02d}99{rng.randrange(10**4):04d}"


def phone(rng: Random) -> str:
    """A made-up telephone number that anybody sees is none."""
    return f"0900 000 {rng.randrange(1000):03d}"
