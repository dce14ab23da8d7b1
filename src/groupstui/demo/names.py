"""Names of the demo site's users: pioneers of computing first, then names of many languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

# fmt: off
PIONEERS = (
    "Ada Lovelace", "Grace Hopper", "Barbara Liskov", "Margaret Hamilton", "Alan Turing",
    "Katherine Johnson", "Edsger Dijkstra", "Frances Allen", "Donald Knuth", "Radia Perlman",
    "Dennis Ritchie", "Karen Spärck Jones", "Ken Thompson", "Hedy Lamarr", "Tony Hoare",
    "Mary Kenneth Keller", "Niklaus Wirth", "Adele Goldberg", "John McCarthy", "Annie Easley",
    "Alan Kay", "Jean Bartik", "Konrad Zuse", "Kathleen Booth", "Claude Shannon", "Shafi Goldwasser",
    "Leslie Lamport", "Sophie Wilson", "Guido van Rossum", "Lynn Conway", "Jan Łukasiewicz",
    "Mary Jackson", "Ole-Johan Dahl", "Rózsa Péter", "Kristen Nygaard", "Екатерина Ющенко",
    "Андрей Ершов", "Сергей Лебедев", "姚期智", "夏培肃", "まつもとゆきひろ", "Charles Babbage",
)
"""The first users of every site."""
# fmt: on


@dataclass(frozen=True, slots=True)
class Language:
    """Given and family names of one language, and their order."""

    given: str
    family: str
    pattern: str = "{given} {family}"

    def name(self, rng: Random) -> str:
        """Return a random full name."""
        return self.pattern.format(
            given=rng.choice(self.given.split()), family=rng.choice(self.family.split())
        )


FAMILY_FIRST = "{family} {given}"
TOGETHER = "{family}{given}"

LANGUAGES = (
    Language(
        "Amelia Daniel Grace Harper Isla Jack Maya Noah Olivia Priscilla Samuel Theo Wesley Zoe",
        "Adeyemi Baker Campbell Clarke Evans Hughes MacLeod Mensah Nguyen O’Brien Osei Smith-Jones Taylor",
    ),
    Language(
        "Anaïs Benoît Chloé Élodie François Gaëlle Hélène Jérôme Loïc Noémie René Zoé",
        "Bélanger Côté Dubois Fauré Gagné Lefèvre L’Hôpital Marçais Noël Rousseau",
    ),
    Language(
        "Anneliese Björn Friederike Günther Jörg Käthe Lothar Mårten Søren Åsa Øyvind Þóra",
        "Ångström Bäcker Großmann Jørgensen Köhler Müller Schäfer Strauß Sæther Weiß",
    ),
    Language(
        "Álvaro Begoña Inês Iñaki João Lucía Martín Núria Raúl Sofía Tomás Verónica",
        "Araújo Conceição Fernández García Gonçalves Ibáñez Muñoz Núñez Peña Vélez",
    ),
    Language(
        "Agnieszka Błażej Grażyna Jędrzej Łucja Małgorzata Paweł Stanisław Wojciech Zdzisław",
        "Dąbrowski Gałązka Jabłoński Kościuk Ślusarczyk Wójcik Wróbel Zając Żółć Źrebiec",
    ),
    Language(
        "Anežka István Jiří Ľubomír Márton Ondřej Réka Šárka Tünde Zdeněk",
        "Čapek Erdős Hašek Kovács Kříž Németh Novotná Růžička Szabó Šťastný",
    ),
    Language(
        "Ayşe Barış Çağla Emre Gökhan Işıl İpek Oğuz Şule Ümit",
        "Aydın Çelik Doğan Güneş Kılıç Öztürk Şahin Yıldız",
    ),
    Language(
        "Ánh Bảo Dũng Hương Khánh Linh Nguyệt Phượng Thảo Tuấn",
        "Bùi Đặng Đỗ Hoàng Lê Nguyễn Phạm Trần Võ Vũ",
        FAMILY_FIRST,
    ),
    Language(
        "Αθηνά Γιώργος Δήμητρα Ελένη Θοδωρής Κατερίνα Νίκος Σπύρος",
        "Αγγελόπουλος Βασιλείου Δημητρίου Ιωάννου Παπαδοπούλου Οικονόμου",
    ),
    Language(
        "Алексей Борис Галина Дмитрий Игорь Людмила Юрий Олексій Їжак",
        "Шевченко Коваленко Бондарь Мельник Лысенко",
    ),
    Language(
        "Ани Георги Десислава Иван Милица Петър Ђорђе Љиљана",
        "Димитрова Николић Поповић Стојановски Тодоров",
    ),
    Language("أحمد خديجة زينب سارة عمر فاطمة ليلى محمد يوسف", "البغدادي الحسن الخوارزمي العلي المصري منصور"),
    Language("آرش پریسا ژاله فرهاد کامران گلنار", "رضایی احمدی تهرانی کریمی موسوی"),
    Language("אביגיל דוד יעל נועה רחל שירה תמר", "אברהם כהן לוי מזרחי פרידמן שפירא"),
    Language(
        "伟 芳 娜 敏 静 丽 强 磊 军 洋 秀英 建国 子涵", "王 李 张 刘 陈 杨 黄 赵 周 吴 欧阳 司马", TOGETHER
    ),
    Language(
        "さくら 陽菜 翔太 健 美咲 大輔 直子 蓮", "佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 髙﨑", FAMILY_FIRST
    ),
    Language("민준 서연 지우 하은 도윤 수빈 예준 유나", "김 이 박 최 정 강 조 윤 남궁", TOGETHER),
    Language("अमित आरती कृष्ण दीपिका प्रिया राजेश श्रेया सुनीता", "शर्मा वर्मा गुप्ता कुमार सिंह मिश्रा जोशी"),
    Language("অনন্যা রবীন্দ্র সুমিতা শুভঙ্কর", "চট্টোপাধ্যায় সেন দাস রায়"),
    Language("அருண் கவிதா செல்வி முருகன்", "சுப்பிரமணியன் இராமன் குமார்"),
    Language("กนกวรรณ ณัฐวุฒิ ปิยะ พิมพ์ชนก วิชัย สุดารัตน์", "แก้วมณี จันทร์เพ็ญ ทองดี ศรีสุวรรณ"),
    Language("გიორგი ნინო თამარ ლევან", "ბერიძე კაპანაძე გელაშვილი"),
    Language("Արամ Անահիտ Տիգրան", "Հակոբյան Պետրոսյան"),
    Language("አበበ ሰላም ትርሲት", "ተስፋዬ ከበደ"),
    Language("Kealoha Leilani Nālani Tāne", "Kahananui Kamakawiwoʻole Māhoe Ngāta"),
)


def user_names(rng: Random, count: int) -> Iterator[str]:
    """Yield full names: the pioneers, then random ones, some of which repeat."""
    for position in range(count):
        yield PIONEERS[position] if position < len(PIONEERS) else rng.choice(LANGUAGES).name(rng)
