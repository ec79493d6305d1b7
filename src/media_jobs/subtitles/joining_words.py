"""Words that belong to what follows or precedes them, of the languages that most subtitles are in.

Articles, prepositions, conjunctions, auxiliaries. The line breaker knows those of up to three
letters by their length (`Quality.TIED`); of longer ones there is no other sign than a list.
"""

__all__ = [
    "CLINGING",
    "CLINGING_UNSPACED",
    "CONJUNCTIONS",
    "CONJUNCTIONS_UNSPACED",
    "JOINING",
    "JOINING_UNSPACED",
]

_ENGLISH = """
about above across after against along although among around because been before behind being below
beneath beside between beyond both could does down during each either every from have having her his
into just like might more must near neither onto other our over shall should since some than that
their them then there these they this those though through till toward towards under unless until
upon very were what when where whereas whether which while whom whose will with within without would
your
"""
_GERMAN = """
aber auch auf dass dein deine deinem deinen deiner denn dessen deren diese diesem diesen dieser
dieses doch durch eine einem einen einer eines gegen haben hatte ihre ihrem ihren ihrer jede jedem
jeden jeder kein keine keinem keinen mein meine meinem meinen meiner nach nicht noch oder ohne sein
seine seinem seinen seiner sich sind sondern sowie statt trotz über unter unser unsere vom vor weil
seit welche welcher wenn werden wird wurde während wegen zwischen obwohl damit bevor nachdem
"""
_FRENCH = """
alors après aussi avant avec chaque chez comme contre cette dans depuis derrière dont durant elle
elles entre est-ce jusque jusqu'à leur leurs lorsque mais mon notre nous parce parmi pendant plus
pour pourquoi puisque quand quelque quelques quelle quelles quels sans selon sous suis très vers
votre vous était avait
"""
_SPANISH = """
ante antes aunque bajo cada como contra cuando cual cuyo cuya desde donde durante entre esta este
estas estos había hacia hasta mediante mientras nuestra nuestro otra otro para pero porque quien
según sino sobre también tras unas unos
"""
_ITALIAN_PORTUGUESE = """
alla alle allo anche come così contro dalla dalle dallo degli della delle dello dentro dopo dove
dove fino mentre negli nella nelle nello nostra nostro ogni perché poiché prima quale quando quella
quello questa questo sono senza sopra sotto sulla sulle sullo tutti verso vostra vostro
ainda após até cada como contra depois desde durante embora enquanto entre essa esse esta este mais
minha nossa nosso para pela pelas pelo pelos porque porém quando quem segundo sobre também
"""
_DUTCH = """
achter deze door geen haar hebben heeft hoewel hun jouw maar mijn naar niet omdat onder onze over
terwijl tegen toen tot tussen voor want wanneer waar werd wordt zijn zonder
"""
_RUSSIAN = """
больше будет быть ведь весь возле вокруг вроде всего где даже другой если есть затем здесь зато
именно итак какая какие какой когда конечно которая которое которые который которого которой которую
между может можно надо него ними однако около перед перед после потому почти поэтому против ради
свои своей своего своих свой сквозь словно среди также такая такие такой тогда только хотя через
чтобы этих этой этот этого
"""

_VIETNAMESE = (
    "về một các những của và là cho với trong từ để vì khi nếu mà đã đang sẽ không bị được"
)

JOINING = frozenset(
    word
    for words in (
        _ENGLISH,
        _GERMAN,
        _FRENCH,
        _SPANISH,
        _ITALIAN_PORTUGUESE,
        _DUTCH,
        _RUSSIAN,
        _VIETNAMESE,
    )
    for word in words.split()
)

# Of what is written without spaces: Chinese, Thai.
_CHINESE = """
但是 可是 不过 因为 所以 如果 虽然 而且 或者 以及 并且 然后 于是 比如 例如 关于 对于 根据 通过
为了 只要 只有 即使 尽管 无论 不但 不仅 就是 还是 不過 因為 雖然 並且 然後 於是 關於 對於 根據
通過 為了 儘管 無論 不僅 還是 在 从 從 向 对 對 把 被 和 与 與 跟 是 这 這 那 一 很 不 没 沒
第 每 最
"""
_THAI = "แล้วก็ และ หรือ แต่ เพราะ ถ้า ซึ่ง จึง ของ ใน โดย จาก เมื่อ"
JOINING_UNSPACED = (*_CHINESE.split(), *_THAI.split())
"""How a line does not end where words have no spaces between them."""

_BREATHS = """
and but because so when while which who whose where although though unless until if then or
und aber weil wenn während obwohl sondern denn damit sodass bevor nachdem oder
et mais parce puisque quand lorsque afin donc car ou
y pero porque cuando mientras aunque sino
ma perché quando mentre poiché oppure
mas porque quando enquanto embora
en maar omdat terwijl wanneer zodat
и но потому когда если хотя чтобы который которая которое которые или
और लेकिन क्योंकि जब अगर कि या
لكن لأن عندما إذا حتى ثم أو
nhưng vì khi nếu và rằng
"""
CONJUNCTIONS = frozenset(_BREATHS.split())
"""Words before which a sentence takes breath, also where nobody wrote a comma."""
_COUNTED = "第一 第二 第三 第四 第五 首先 其次 最后 最後"
CONJUNCTIONS_UNSPACED = (
    *(one for one in JOINING_UNSPACED if len(one) > 1),
    *_COUNTED.split(),
)

_HINDI = """
है हैं था थी थे हूँ हो होगा होगी गया गई गए रहा रही रहे चाहिए सकता सकती सकते
में से को का की के ने पर तक भी ही तो वाला वाली वाले
"""
CLINGING = frozenset(_HINDI.split())
"""Words that belong to what precedes them: auxiliaries and postpositions."""
CLINGING_UNSPACED = ("的", "吗", "呢", "吧", "嗎", "们", "們", "ก็")
