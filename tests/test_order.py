"""Do the events of a story stand in their true order, with and without dates?

A row of gold tells the events in order, parted by ``>``: the words of each fact, ``=`` and the date where one can be
had, ``+`` between facts of one event. Events without facts are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Tell, Told

ROWS = [
    # a day before, a day after, some days before
    ("fr", "Gastrectomie le 3 mars 2014. Le lendemain, fièvre.", "Gastrectomie=2014-03-03 > fièvre=2014-03-04"),
    ("fr", "Gastrectomie le 3 mars 2014. La veille, fièvre.", "fièvre=2014-03-02 > Gastrectomie=2014-03-03"),
    ("fr", "Au lendemain de la gastrectomie du 3 mars 2014, fièvre.", "gastrectomie+fièvre=2014-03-03"),
    ("fr", "Gastrectomie le 3 mars 2014. Toux au lendemain de la gastrectomie.",
     "Gastrectomie=2014-03-03 > Toux=2014-03-04"),
    ("fr", "Gastrectomie le 3 mars 2014. Deux jours avant la gastrectomie, fièvre.",
     "fièvre=2014-03-01 > Gastrectomie=2014-03-03"),
    ("fr", "Scanner le 5 mars 2014. Gastrectomie le 9 mars 2014. Trois jours après le scanner, fièvre.",
     "Scanner=2014-03-05 > fièvre=2014-03-08 > Gastrectomie=2014-03-09"),
    ("es", "Gastrectomía el 3 de marzo de 2014. Al día siguiente, fiebre.",
     "Gastrectomía=2014-03-03 > fiebre=2014-03-04"),
    ("es", "Gastrectomía el 3 de marzo de 2014. Dos días antes de la gastrectomía, fiebre.",
     "fiebre=2014-03-01 > Gastrectomía=2014-03-03"),
    ("es", "Gastrectomía el 3 de marzo de 2014. El día anterior a la gastrectomía, fiebre.",
     "fiebre=2014-03-02 > Gastrectomía=2014-03-03"),
    ("en", "Gastrectomy on March 3, 2014. The next day, fever.", "Gastrectomy=2014-03-03 > fever=2014-03-04"),
    ("en", "Gastrectomy on March 3, 2014. The previous day, fever.", "fever=2014-03-02 > Gastrectomy=2014-03-03"),
    ("en", "Gastrectomy on March 3, 2014. Two days before gastrectomy, fever.",
     "fever=2014-03-01 > Gastrectomy=2014-03-03"),
    # the stay of a letter: its first day, its last, its visit
    ("fr", "Date d'entrée : 04/02/2021. Date de sortie : 15/02/2021.\nLa veille de son admission, fièvre.",
     "fièvre=2021-02-03"),
    ("fr", "Date d'entrée : 04/02/2021. Date de sortie : 15/02/2021.\nTrois jours avant la sortie, fièvre.",
     "fièvre=2021-02-12"),
    ("fr", "Date d'entrée : 04/02/2021.\nAntécédents\nEmbolie pulmonaire il y a 5 ans.", "Embolie pulmonaire=2016"),
    ("fr", "Date d'entrée : 04/02/2021.\nHistoire de la maladie\nDepuis 3 mois, fièvre. Scanner le 6 février 2021.",
     "fièvre=2020-11 > Scanner=2021-02-06"),
    ("fr", "Date d'entrée : 04/02/2021. Date de sortie : 15/02/2021.\nScanner dans 15 jours.", "Scanner=2021-03-02"),
    ("es", "Fecha de ingreso: 10/03/2022. Fecha de alta: 21/03/2022.\nDos días antes del alta, fiebre.",
     "ingreso=2022-03-10 > fiebre=2022-03-19"),
    ("es", "Fecha de ingreso: 10/03/2022.\nEl día previo al ingreso, fiebre.",
     "fiebre=2022-03-09 > ingreso=2022-03-10"),
    ("en", "Date of admission: 3 May 2021. Date of discharge: 12 May 2021.\nThe day before admission, fever.",
     "fever=2021-05-02"),
    ("en", "Admitted on 3 May 2021. On hospital day 3, fever.", "fever=2021-05-05"),
    ("en", "Seen on 3 May 2021 with a 3-month history of cough.", "cough=2021-02"),
    # schemes of days
    ("fr", "Cisplatine le 6 mars 2020 (J1). À J15, fièvre. À J8, toux.",
     "Cisplatine=2020-03-06 > toux=2020-03-13 > fièvre=2020-03-20"),
    ("fr", "Cisplatine le 6 mars 2020 (J0). À J15, fièvre.", "Cisplatine=2020-03-06 > fièvre=2020-03-21"),
    ("fr", "Cisplatine le 10 mars 2020. À J15, fièvre. À J8, toux.",
     "Cisplatine=2020-03-10 > toux=2020-03 > fièvre=2020-03"),
    ("fr", "Gastrectomie. À J5, fièvre. À J3, toux.", "Gastrectomie > toux > fièvre"),
    ("en", "Cisplatin on March 6, 2020 (day 1). On day 15, fever.", "Cisplatin=2020-03-06 > fever=2020-03-20"),
    ("fr", "Cisplatine le 6 mars 2020 (J1). À J1, fièvre. À J2, toux.",
     "Cisplatine+fièvre=2020-03-06 > toux=2020-03-07"),
    ("en", "Admitted on 3 May 2021. On hospital day 1, fever.", "fever=2021-05-03"),
    ("en", "Gastrectomy on May 1, 2021. On hospital day 3, fever.", "Gastrectomy=2021-05-01 > fever"),
    # cycles
    ("fr", "Cisplatine tous les 21 jours, débuté le 2 mai 2019. Après le 3e cycle, fièvre.",
     "Cisplatine=2019-05-02 > fièvre=2019-07"),
    ("fr", "Cisplatine débuté le 2 mai 2019. Après le deuxième cycle, fièvre. Scanner le 9 juin 2019.",
     "Cisplatine=2019-05-02 > fièvre > Scanner=2019-06-09"),
    ("fr", "Cisplatine débuté le 2 mai 2019. Scanner le 9 juin 2019. Après 6 cycles, fièvre.",
     "Cisplatine=2019-05-02 > Scanner=2019-06-09 > fièvre"),
    ("fr", "Cisplatine toutes les 3 semaines, débuté le 4 mars 2019. Après 2 cures, fièvre.",
     "Cisplatine=2019-03-04 > fièvre=2019-04"),
    ("fr", "Cisplatine. Au cours du 4e cycle, fièvre. Après le 2e cycle, toux.", "Cisplatine > toux > fièvre"),
    ("es", "Cisplatino cada 21 días desde el 2 de mayo de 2019. Tras el tercer ciclo, fiebre.",
     "Cisplatino=2019-05-02 > fiebre=2019-07"),
    ("es", "Cisplatino. Tras el segundo ciclo, fiebre.", "Cisplatino > fiebre"),
    ("en", "Cisplatin every 3 weeks from 4 March 2019. After cycle 2, fever.", "Cisplatin=2019-03-04 > fever=2019-04"),
    ("en", "Cisplatin was given. After the second cycle, fever. After 4 cycles, cough.", "Cisplatin > fever > cough"),
    # durations and what has lasted
    ("fr", "Le 3 mars 2014, ceftriaxone pendant 5 jours.", "ceftriaxone=2014-03-03/2014-03-07"),
    ("fr", "Prednisone en mars 2014 pendant 6 mois.", "Prednisone=2014-03/2014-09"),
    ("fr", "Prednisone pendant 6 mois.", ""),
    ("fr", "Vu le 3 mars 2014 pour une fièvre depuis 10 jours.", "fièvre=2014-02-21"),
    ("fr", "Le patient présente depuis 6 mois une toux. Scanner : masse.", "toux > Scanner+masse"),
    ("es", "El 3 de marzo de 2014, ceftriaxona durante 5 días.", "ceftriaxona=2014-03-03/2014-03-07"),
    ("es", "En marzo de 2014 acude por fiebre de 2 meses de evolución.", "fiebre=2014-01"),
    ("en", "On March 3, 2014, ceftriaxone for 5 days.", "ceftriaxone=2014-03-03/2014-03-07"),
    ("en", "Sunitinib was started in June 2019 for six months.", "Sunitinib=2019-06/2019-12"),
    ("en", "Seen on March 13, 2014 with fever for 3 days.", "fever=2014-03-10"),
    # before and after what the text names
    ("fr", "Avant la gastrectomie, docétaxel. Gastrectomie le 3 mars 2014.", "docétaxel > gastrectomie=2014-03-03"),
    ("fr", "Gastrectomie le 3 mars 2014. Docétaxel avant la gastrectomie.", "Docétaxel > Gastrectomie=2014-03-03"),
    ("fr", "Biopsie en mai 2014. Gastrectomie en juin 2014. Après la gastrectomie, fièvre. Scanner en mai 2015.",
     "Biopsie=2014-05 > Gastrectomie=2014-06 > fièvre > Scanner=2015-05"),
    ("fr", "Gastrectomie. Fièvre un an après la gastrectomie. Dans les suites, toux.", "Gastrectomie > Fièvre > toux"),
    ("fr", "Gentamicine de mars à mai 2017. Fièvre 2 mois après la fin de la gentamicine.",
     "Gentamicine=2017-03/2017-05 > Fièvre=2017-07"),
    ("fr", "Gentamicine de mars à mai 2017. Scanner en avril 2017. Après la fin de la gentamicine, fièvre.",
     "Gentamicine=2017-03/2017-05 > Scanner=2017-04 > fièvre"),
    ("fr", "Un scanner normal en mars 2014. Après un scanner normal, fièvre.", "scanner+fièvre=2014-03"),
    ("es", "Antes de la gastrectomía recibió docetaxel. Gastrectomía el 3 de marzo de 2014.",
     "docetaxel > gastrectomía=2014-03-03"),
    ("es", "Gastrectomía en junio de 2014. Tras la gastrectomía, fiebre.", "Gastrectomía=2014-06 > fiebre"),
    ("en", "Gastrectomy on March 3, 2014. Before gastrectomy, docetaxel.", "docetaxel > Gastrectomy=2014-03-03"),
    ("en", "Gastrectomy in June 2014. Following gastrectomy, fever.", "Gastrectomy=2014-06 > fever"),
    # what only follows, or happens between
    ("fr", "Biopsie. Puis gastrectomie. Ensuite docétaxel.", "Biopsie > gastrectomie > docétaxel"),
    ("fr", "Une biopsie est faite. Il a ensuite une gastrectomie.", "biopsie > gastrectomie"),
    ("fr", "Biopsie en mars 2014. Par la suite, gastrectomie. Scanner en mai 2015.",
     "Biopsie=2014-03 > gastrectomie > Scanner=2015-05"),
    ("fr", "Biopsie en mars 2014 puis gastrectomie.", "Biopsie+gastrectomie=2014-03"),
    ("fr", "Biopsie en mars 2014. Entre-temps, toux. Fièvre. Scanner en mai 2015.",
     "Biopsie+Fièvre=2014-03 > toux > Scanner=2015-05"),
    ("fr", "Docétaxel de mars à mai 2018. Au cours du 2e cycle, fièvre. Puis gastrectomie.",
     "Docétaxel=2018-03/2018-05 > fièvre > gastrectomie"),
    ("es", "Biopsia. Posteriormente gastrectomía. Luego docetaxel.", "Biopsia > gastrectomía > docetaxel"),
    ("es", "Biopsia en marzo de 2014. Mientras tanto, tos.", "Biopsia=2014-03 > tos"),
    ("en", "A biopsy was done. She subsequently had a gastrectomy. Later on, fever.", "biopsy > gastrectomy > fever"),
    ("en", "Biopsy in March 2014. Meanwhile, cough. CT scan in May 2015.",
     "Biopsy=2014-03 > cough > CT scan=2015-05"),
    # parts of the story that begin without a date
    ("fr", "Une fièvre avec toux. Un scanner montre une masse. Gastrectomie le 3 mars 2014.",
     "fièvre+toux+scanner+masse > Gastrectomie=2014-03-03"),
    ("fr", "Histoire de la maladie\nFièvre le 3 mars 2014.\n\nÉvolution\nToux. Gastrectomie le 9 mai 2014.",
     "Fièvre=2014-03-03 > Toux > Gastrectomie=2014-05-09"),
    ("fr", "Une fièvre avec toux. Un scanner montre une masse.", ""),
    # told twice, at two precisions, out of order
    ("fr", "Gastrectomie le 3 mars 2014. Fièvre le 9 mars 2014.\n\nConclusion\nGastrectomie en mars 2014.",
     "Gastrectomie=2014-03-03 > Fièvre=2014-03-09"),
    ("fr", "Gastrectomie en mars 2014.\n\nÉvolution\nGastrectomie le 3 mars 2014. Puis fièvre.",
     "Gastrectomie=2014-03-03 > fièvre"),
    ("fr", "Fièvre le 3 mars 2014. Gastrectomie en mars 2014.", "Fièvre=2014-03-03 > Gastrectomie=2014-03"),
    ("fr", "Gastrectomie en mars 2014. Fièvre le 3 mars 2014.", "Gastrectomie=2014-03 > Fièvre=2014-03-03"),
    ("fr", "Fièvre en 2014. Gastrectomie en mars 2013.", "Gastrectomie=2013-03 > Fièvre=2014"),
    # schemes written as lists, ordinals, hours
    ("fr", "J0 : gastrectomie.\nJ1 : fièvre.\nJ5 : toux.\nJ3 : scanner.", "gastrectomie > fièvre > scanner > toux"),
    ("fr", "J0 : gastrectomie le 3 mars 2014.\nJ5 : toux.\nJ3 : scanner.",
     "gastrectomie=2014-03-03 > scanner=2014-03-06 > toux=2014-03-08"),
    ("fr", "Gastrectomie le 3 mars 2014. Le surlendemain, fièvre.", "Gastrectomie=2014-03-03 > fièvre=2014-03-05"),
    ("fr", "Gastrectomie. Au dixième jour, fièvre. Au troisième jour, toux.", "Gastrectomie > toux > fièvre"),
    ("fr", "Scanner le 3 mars 2014. 48 heures plus tard, fièvre.", "Scanner=2014-03-03 > fièvre=2014-03-05"),
    ("fr", "Vu ce jour le 12 mai 2022. L'échographie de la semaine dernière est normale. Fièvre hier.",
     "échographie=2022-05 > Fièvre=2022-05-11"),
    ("es", "Día 0: gastrectomía el 10/01/2019. Día +30: fiebre. Día +14: tos.",
     "gastrectomía=2019-01-10 > tos=2019-01-24 > fiebre=2019-02-09"),
    ("es", "Ingresado del 3 al 15 de febrero de 2020. A las 48 horas del ingreso, fiebre. Al alta, prednisona.",
     "Ingresado=2020-02-03/2020-02-15 > fiebre=2020-02-05 > prednisona=2020-02-15"),
    ("es", "Neumonía el 3 de febrero de 2020. Tres semanas antes había presentado fiebre.",
     "fiebre=2020-01 > Neumonía=2020-02-03"),
    ("en", "Gastrectomy. Postoperatively, fever. At 6 months of follow-up, cough. On postoperative day 5, rash.",
     "Gastrectomy > fever > rash > follow-up+cough"),
    ("en", "Admitted on 3 May 2021. CT scan 48 hours later. Date of discharge: 12 May 2021. Prednisone at discharge.",
     "CT scan=2021-05-05 > Prednisone=2021-05-12"),
    ("fr", "Imatinib en mars 2014. Scanner à 3 mois : masse. Fièvre.",
     "Imatinib=2014-03 > Scanner+masse+Fièvre=2014-06"),
    ("fr", "RCP d'urologie du 12/01/2024. Cystoscopie le 03/11/2023. Cystectomie dans 3 mois.",
     "Cystoscopie=2023-11-03 > Cystectomie=2024-04"),
    ("fr", "Cystoscopie le 03/11/2023. Cystectomie dans 3 mois.", "Cystoscopie=2023-11-03 > Cystectomie"),
    ("es", "Colectomía el 02/02/2023. A los 5 días de la cirugía, fiebre.",
     "Colectomía+cirugía=2023-02-02 > fiebre=2023-02-07"),
    ("en", "Seen on 4 April 2021. Two months prior to presentation, cough.", "cough=2021-02"),
    # intervals between others, and ends without a start
    ("fr", "Docétaxel du 3 mars 2018 au 9 juillet 2018. Après 3 cycles, fièvre. Gastrectomie le 1er août 2018.",
     "Docétaxel=2018-03-03/2018-07-09 > fièvre > Gastrectomie=2018-08-01"),
    ("fr", "Mars 2020 : fièvre, imatinib jusqu'en décembre 2021. Suivi jusqu'en mai 2022 : toux.",
     "fièvre+imatinib=2020-03 > toux=2022-05"),
    ("fr", "Juillet à novembre 2017 : imatinib.", "imatinib=2017-07/2017-11"),
    ("fr", "2014 : gastrectomie. 2015-2020 : imatinib.", "gastrectomie=2014 > imatinib=2015/2020"),
    ("fr", "Hospitalisé du 28/12/2021 au 06/01/2022. Fièvre le 20 décembre. Scanner le 2 janvier.",
     "Fièvre=2021-12-20 > Hospitalisé=2021-12-28/2022-01-06 > Scanner=2022-01-02"),
    ("fr", "Vu le 03/10/2022. Fièvre le 05/10. Tension le 12/08 mmHg.", "Fièvre=2022-10-05"),
    ("en", "03/2018-08/2018: imatinib. 02/2019: fever.", "imatinib=2018-03/2018-08 > fever=2019-02"),
]  # fmt: skip


def story(told: Told) -> str:
    """The events of a case as the rows write them."""
    facts = {a.id: told.quote(a.mentions[0].span) for a in told.case.assertions if not a.implied}
    events = []
    for event in told.case.events:
        named = "+".join(facts[part] for part in event.assertions if part in facts)
        when = event.when
        date = f"={when.iso}/{when.until.iso}" if when and when.until else f"={when.iso}" if when else ""
        events += [named + date] if named else []
    return " > ".join(events)


@pytest.mark.parametrize(("language", "text", "expected"), ROWS)
def test_events_stand_in_their_true_order(language: str, text: str, expected: str, tell: Tell) -> None:
    assert story(tell(text, language)) == expected


def test_orders_count_from_one_without_gaps(tell: Tell) -> None:
    for language, text, _ in ROWS:
        orders = [event.order for event in tell(text, language).case.events]
        assert orders == list(range(1, len(orders) + 1))
