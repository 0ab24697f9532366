# ruff: noqa: E501  (tables)
"""The words of the English to Chinese grammar, as tables: to add a noun, add a line.

Columns are separated by "|"; "-" stands for an empty column. Chinese is written in words with
spaces between. "/" separates synonyms: the first of two is used 60 times in a hundred, unless
"=.45" and the like say otherwise. "+" separates what translates the first, second, ... English
word; without "+" all English words are translated together.

Classes say what goes together: people eat what is food, and big is what has a size.
"""

SUBJECTS = """
# English     | Chinese              | form | pronouns | classes
I             | 我                   | I    | I        | pronoun adult
you           | 你                   | many | you      | pronoun adult
he            | 他                   | one  | he       | pronoun adult
she           | 她                   | one  | she      | pronoun adult
we            | 我们                 | many | we       | pronoun adult
they          | 他们                 | many | they     | pronoun adult
Tom           | 汤姆                 | one  | he       | name adult
Peter         | 彼得                 | one  | he       | name adult
Mary          | 玛丽                 | one  | she      | name adult
Anna          | 安娜                 | one  | she      | name adult
my father     | 我 + 爸爸            | one  | he       | adult
my mother     | 我 + 妈妈            | one  | she      | adult
my brother    | 我 + 弟弟/哥哥       | one  | he       | adult
my sister     | 我 + 妹妹/姐姐       | one  | she      | adult
my friend     | 我 的/我 + 朋友      | one  | he she   | adult
my friends    | 我 的 + 朋友们/朋友  | many | they     | adult
the teacher   | - + 老师             | one  | she he   | job adult
the doctor    | - + 医生=.7/大夫=.3  | one  | she he   | job adult
the student   | - + 学生             | one  | he she   | job
the students  | - + 学生们           | many | they     | job
the children  | - + 孩子们           | many | they     | young
"""

OBJECT_PRONOUNS = {"I": "me", "you": "you", "he": "him", "she": "her", "we": "us", "they": "them"}

NOUNS = """
# classes: what one does with it (food is eaten, a drink drunk, the readable read, a film watched, the
#   audible heard, what is kicked, thrown, a board or an instrument played, a language learned), what
#   it can be called (sized: big; made: new; coloured, painted: black; cute, interesting; tasty,
#   aromatic: delicious; priced: cheap), and whether one has it (owned), buys it in a shop (sold) or
#   seldom (dear), plays it (game), sees it (animal), or must be grown up for it (adult).
# one       | many       | Chinese       | measure | classes
cat         | cats       | 猫            | 只      | animal sized coloured cute owned
dog         | dogs       | 狗            | 只      | animal sized coloured cute owned
bird        | birds      | 鸟            | 只      | animal sized painted cute owned
horse       | horses     | 马            | 匹      | animal sized coloured owned
apple       | apples     | 苹果          | 个      | food tasty priced sold
egg         | eggs       | 鸡蛋          | 个      | food tasty priced
cake        | cakes      | 蛋糕          | 个      | food tasty sized sold
rice        | -          | 米饭          | -       | food tasty
-           | noodles    | 面条          | -       | food tasty
tea         | -          | 茶            | 杯      | drink aromatic
coffee      | -          | 咖啡          | 杯      | drink aromatic adult
milk        | -          | 牛奶          | 杯      | drink aromatic
book        | books      | 书            | 本      | readable interesting made priced sold owned
film        | films      | 电影          | 部      | film interesting
television  | -          | 电视          | -       | screen
music       | -          | 音乐          | -       | audible
car         | cars       | 车/汽车       | 辆      | made painted priced dear owned adult
bike        | bikes      | 自行车        | 辆      | made painted priced dear owned
house       | houses     | 房子          | 座      | made sized dear owned adult
football    | -          | 足球          | -       | kicked game
basketball  | -          | 篮球          | -       | thrown game
tennis      | -          | 网球          | -       | thrown game
chess       | -          | 国际象棋      | -       | board
the piano   | -          | 钢琴          | -       | instrument
Chinese     | -          | 中文/汉语     | -       | language
English     | -          | 英语/英文     | -       | language
teacher     | teachers   | 老师          | 个      | job
doctor      | doctors    | 医生=.7/大夫=.3 | 个      | job
student     | students   | 学生          | 个      | job
"""

ADJECTIVES = """
# English   | before a noun     | after is      | goes before   | is said of
big         | 大                | 大            | sized         | sized
small       | 小                | 小            | sized         | sized
new         | 新                | 新            | made          | made
old         | 旧                | 旧            | made          | made
black       | 黑/黑色 的        | -             | coloured      | -
white       | 白/白色 的        | -             | coloured      | -
black       | 黑色 的           | -             | painted       | -
white       | 白色 的           | -             | painted       | -
cute        | 可爱 的           | 可爱          | cute          | cute
interesting | 有趣 的/有意思 的 | 有趣/有意思   | interesting   | interesting
cheap       | 便宜 的           | 便宜          | dear          | priced
expensive   | -                 | 贵            | -             | priced
delicious   | 好吃 的           | 好吃          | -             | tasty
delicious   | 好喝 的           | 好喝          | -             | aromatic
tired       | -                 | 累            | -             | person state onset
busy        | -                 | 忙            | -             | person state
hungry      | -                 | 饿            | -             | person state onset
happy       | -                 | 高兴/开心     | -             | person state
"""

VERBS = """
# used in: h habit, l after like, p progressive, w want, c can, t past with a counted object
# base | he    | -ing      | past    | object     | Chinese  | used in  | places           | classes
play   | plays | playing   | -       | kicked     | 踢       | hlpwc    | park school      | active outside
play   | plays | playing   | -       | thrown     | 打       | hlpwc    | park school      | active outside
play   | plays | playing   | -       | board      | 下       | hlpwc    | home school      | leisure
play   | plays | playing   | -       | instrument | 弹       | hlpwc    | home             | leisure joy
eat    | eats  | eating    | ate     | food       | 吃       | hlpwt    | home kitchen restaurant | meal
drink  | drinks | drinking | drank   | drink      | 喝       | hlpwt    | home kitchen restaurant | -
read   | reads | reading   | read    | readable   | 看/读    | hlpwt    | home garden park library | leisure
watch  | watches | watching | watched | film      | 看       | hlpwt    | home             | leisure
watch  | watches | watching | -      | screen     | 看       | hlpw     | home             | leisure
listen to | listens to | listening to | - | audible | 听     | hlpw     | home park garden | leisure
learn  | learns | learning | -       | language   | 学/学习  | hlpw     | home school library | active
speak  | -     | -         | -       | language   | 说       | c        | -                | -
sing   | sings | singing   | -       | -          | 唱歌     | hlpwc    | garden park      | joy
swim   | swims | swimming  | -       | -          | 游泳     | hlpwc    | -                | active outside
cook   | cooks | cooking   | -       | -          | 做饭     | hlpwc    | home kitchen     | meal
sleep  | -     | sleeping | -       | -          | 睡觉     | pw       | home             | rest
go     | goes  | -         | went    | place      | 去       | hwt      | -                | out
go     | goes  | -         | -       | homeward   | 回       | hw       | -                | rest
buy    | -     | -         | bought  | sold       | 买       | wt       | shop             | -
buy    | -     | -         | -       | dear       | 买       | w        | -                | -
see    | -     | -         | saw     | animal     | 看见/看到 | t       | park garden      | -
give   | -     | -         | gave    | sold       | 给       | t        | -                | -
"""

PLACES = """
# name       | at, in | to             | Chinese          | place itself | classes
park         | in the park       | to the park       | 公园/公园 里      | 公园   | place near outside
garden       | in the garden     | -                 | 花园 里           | -      | -
kitchen      | in the kitchen    | -                 | 厨房/厨房 里      | -      | -
home         | at home           | home              | 家/家 里          | 家     | homeward near daily
school       | at school         | to school         | 学校/学校 里      | 学校   | place duty near daily
library      | in the library    | to the library    | 图书馆/图书馆 里  | 图书馆 | place near
shop         | at the shop       | to the shop       | 商店              | 商店   | place
restaurant   | in the restaurant | to the restaurant | 餐馆/饭馆         | 餐馆/饭馆 | place near treat
"""

VEHICLES = """
# English | Chinese
by bus    | 坐 + 公交车/公共汽车
by train  | 坐 + 火车
by bike   | 骑 + 自行车
"""

TIMES = """
# used in: h habit, p progressive, w want, t past, s is, x was; in capitals when negated
# English       | Chinese                           | used in  | may come first
every day       | 每天=.45/天天=.275/天天 都=.275   | h        | no
every morning   | 每天 + 早上                       | h        | yes
every evening   | 每天 + 晚上                       | h        | yes
in the morning  | - + - + 早上                      | h        | yes
in the evening  | - + - + 晚上                      | hH       | yes
on Sundays      | - + 星期天/周日                   | hH       | yes
at the weekend  | - + - + 周末                      | hH       | yes
now             | 现在                              | pPsS     | yes
today           | 今天                              | wWsS     | yes
yesterday       | 昨天                              | tTxX     | yes
this morning    | 今天 + 早上                       | tTxX     | yes
last week       | 上周=.6/上 个 星期=.4             | tT       | yes
"""

ADVERBS = """
# English | Chinese
often     | 常常/经常
sometimes | 有时候/有时
"""

WEATHER = """
# name  | English              | Chinese
cold    | it is cold           | 天气 + 很 + 冷
raining | it is raining        | - + - + 下雨 了/在 下雨
bad     | the weather is bad   | - + 天气 + - + 不 好
good    | the weather is good  | - + 天气 + 很 + 好
"""

# What follows from a state or the weather: a clause of this use, with one of these activities.
EFFECTS = """
# reason  | use | activities
tired     | W   | active out
tired     | w   | rest
tired     | p   | rest
tired     | T   | active out
hungry    | w   | meal
hungry    | p   | meal
hungry    | t   | meal
busy      | W   | leisure
busy      | T   | leisure
happy     | p   | joy
happy     | w   | joy
cold      | W   | outside
cold      | T   | outside
raining   | W   | outside
raining   | T   | outside
bad       | W   | outside
bad       | T   | outside
good      | w   | outside
good      | p   | outside
"""

NUMBERS = {"a": "一", "an": "一", "two": "两", "three": "三"}
POINTERS = {"this": "这", "that": "那"}
