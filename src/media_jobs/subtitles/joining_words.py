"""Words that belong to what follows them, of the languages that most subtitles are in.

Articles, prepositions, conjunctions, auxiliaries. The line breaker knows those of up to three
letters by their length (`Quality.TIED`); of longer ones there is no other sign than a list.
"""

__all__ = ["JOINING"]

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
welche welcher wenn werden wird wurde während wegen zwischen zum zur obwohl damit bevor nachdem
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
    )
    for word in words.split()
)
