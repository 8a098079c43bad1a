"""Replies by what a corruption turns round: who does what for whom, in which mood, with which value bound to which key; in four languages.

`close` paraphrases keep most words, `free` ones say it as another person would. The domains in DEVELOPED were in sight while the reward was worked on, the others were not."""

from __future__ import annotations

from dataclasses import dataclass

DEVELOPED = ("shop", "bank")


@dataclass(frozen=True)
class Turned:
    lang: str
    domain: str
    truth: str
    user: str
    close: str
    free: str
    turned: dict[str, str]


def _t(
    lang: str, domain: str, truth: str, user: str, close: str, free: str, **turned: str
) -> Turned:
    return Turned(lang, domain, truth, user, close, free, turned)


CASES: tuple[Turned, ...] = (
    _t(
        "en",
        "shop",
        "I have cancelled order 5512. The 40 dollars go back to your card within 3 days.",
        "Cancel order 5512 please",
        "Order 5512 has been cancelled. Within 3 days the 40 dollars go back to your card.",
        "That's settled: 5512 is off, and you get the 40 dollars on your card in 3 days at most.",
        exchanged="I have cancelled order 5512. The 3 dollars go back to your card within 40 days.",
        exchanged_free="Order 5512 has been cancelled. Within 40 days you get the 3 dollars on your card.",
        modality="I could cancel order 5512. The 40 dollars would go back to your card within 3 days.",
        modality_asked="I am going to cancel order 5512 later on. The 40 dollars go back to your card within 3 days.",
        promise="I have cancelled order 5512. The 40 dollars go back to your card within 3 days. A voucher for your next order follows.",
        refusal="Order 5512 is one we would rather keep as it is. The 40 dollars stay where they are for 3 days.",
        addressee="You have cancelled order 5512. The 40 dollars go back to my card within 3 days.",
        addressee_other="I have cancelled order 5512. The 40 dollars go back to the shop within 3 days.",
    ),
    _t(
        "en",
        "bank",
        "We raised your limit to 900 pounds from May 4. The monthly fee stays at 12 pounds.",
        "Did you raise my limit?",
        "Your limit was raised to 900 pounds from May 4. The monthly fee remains 12 pounds.",
        "Yes, from May 4 you can spend up to 900 pounds, and it still costs 12 pounds a month.",
        exchanged="We raised your limit to 12 pounds from May 4. The monthly fee stays at 900 pounds.",
        exchanged_free="Your limit was raised to 12 pounds from May 4. Your monthly fee remains 900 pounds.",
        modality="We may raise your limit to 900 pounds from May 4. The monthly fee stays at 12 pounds.",
        modality_asked="We intend to raise your limit to 900 pounds from May 4. The monthly fee stays at 12 pounds.",
        promise="We raised your limit to 900 pounds from May 4. The monthly fee stays at 12 pounds. The first fee is on us.",
        refusal="Raising your limit to 900 pounds from May 4 is something we prefer to leave for now. The monthly fee stays at 12 pounds.",
        addressee="You raised our limit to 900 pounds from May 4. The monthly fee stays at 12 pounds.",
        addressee_other="We raised your wife's limit to 900 pounds from May 4. The monthly fee stays at 12 pounds.",
    ),
    _t(
        "en",
        "clinic",
        "Dr. Lee will call you on Tuesday at 10:30. Please have your card with number 8841 at hand.",
        "When does the doctor call?",
        "On Tuesday at 10:30 Dr. Lee will call you. Please keep your card with number 8841 ready.",
        "Expect a call from Dr. Lee on Tuesday, 10:30, and have the card numbered 8841 next to you.",
        modality="Dr. Lee might call you on Tuesday at 10:30. Please have your card with number 8841 at hand.",
        promise="Dr. Lee will call you on Tuesday at 10:30. Please have your card with number 8841 at hand. The results are sent home as well.",
        refusal="Dr. Lee would rather skip the call on Tuesday at 10:30. Please have your card with number 8841 at hand.",
        addressee="You will call Dr. Lee on Tuesday at 10:30. Please have your card with number 8841 at hand.",
        addressee_other="Dr. Lee will call your mother on Tuesday at 10:30. Please have her card with number 8841 at hand.",
    ),
    _t(
        "en",
        "travel",
        "Your seat is 14A and your bag is tagged 77310. We sent the boarding pass to your phone.",
        "Is my seat confirmed?",
        "You have seat 14A, your bag is tagged 77310. We sent your phone the boarding pass.",
        "You sit in 14A, 77310 is the tag of the bag, and the boarding pass is on your phone.",
        exchanged="Your seat is 77310 and your bag is tagged 14A. We sent the boarding pass to your phone.",
        modality="Your seat is 14A and your bag is tagged 77310. We can send the boarding pass to your phone.",
        promise="Your seat is 14A and your bag is tagged 77310. We sent the boarding pass to your phone. The lounge is open to you, too.",
        refusal="Your seat is 14A and your bag is tagged 77310. The boarding pass is better left off your phone for the moment.",
        addressee="Your seat is 14A and your bag is tagged 77310. You sent the boarding pass to our phone.",
        addressee_other="Your seat is 14A and your bag is tagged 77310. We sent the boarding pass to your agent.",
    ),
    _t(
        "de",
        "shop",
        "Ich habe die Bestellung 5512 storniert. Die 40 Euro gehen innerhalb von 3 Tagen auf Ihre Karte zurück.",
        "Bitte Bestellung 5512 stornieren",
        "Die Bestellung 5512 wurde storniert. Innerhalb von 3 Tagen gehen die 40 Euro auf Ihre Karte zurück.",
        "Erledigt: 5512 ist storniert, und Sie haben die 40 Euro in höchstens 3 Tagen wieder auf der Karte.",
        exchanged="Ich habe die Bestellung 5512 storniert. Die 3 Euro gehen innerhalb von 40 Tagen auf Ihre Karte zurück.",
        modality="Ich könnte die Bestellung 5512 stornieren. Die 40 Euro gehen innerhalb von 3 Tagen auf Ihre Karte zurück.",
        promise="Ich habe die Bestellung 5512 storniert. Die 40 Euro gehen innerhalb von 3 Tagen auf Ihre Karte zurück. Ein Gutschein liegt der nächsten Sendung bei.",
        refusal="Die Bestellung 5512 lassen wir lieber so, wie sie ist. Die 40 Euro bleiben 3 Tage dort.",
        addressee="Sie haben die Bestellung 5512 storniert. Die 40 Euro gehen innerhalb von 3 Tagen auf meine Karte zurück.",
    ),
    _t(
        "de",
        "clinic",
        "Frau Dr. Weiß ruft Sie am Dienstag um 10:30 Uhr an. Bitte halten Sie Ihre Karte bereit.",
        "Wann ruft die Ärztin an?",
        "Am Dienstag um 10:30 Uhr ruft Frau Dr. Weiß Sie an. Bitte halten Sie die Karte bereit.",
        "Rechnen Sie am Dienstag, 10:30 Uhr, mit dem Anruf von Frau Dr. Weiß, und legen Sie Ihre Karte hin.",
        modality="Frau Dr. Weiß könnte Sie am Dienstag um 10:30 Uhr anrufen. Bitte halten Sie Ihre Karte bereit.",
        promise="Frau Dr. Weiß ruft Sie am Dienstag um 10:30 Uhr an. Bitte halten Sie Ihre Karte bereit. Die Zuzahlung übernimmt die Praxis.",
        refusal="Frau Dr. Weiß möchte den Anruf am Dienstag um 10:30 Uhr lieber auslassen. Bitte halten Sie Ihre Karte bereit.",
        addressee="Sie rufen Frau Dr. Weiß am Dienstag um 10:30 Uhr an. Bitte halten Sie Ihre Karte bereit.",
    ),
    _t(
        "fr",
        "shop",
        "J'ai annulé la commande 5512. Les 40 euros reviennent sur votre carte sous 3 jours.",
        "Annulez la commande 5512 s'il vous plaît",
        "La commande 5512 a été annulée. Sous 3 jours, les 40 euros reviennent sur votre carte.",
        "C'est fait : 5512 est annulée et vous aurez vos 40 euros sur la carte dans 3 jours au plus.",
        exchanged="J'ai annulé la commande 5512. Les 3 euros reviennent sur votre carte sous 40 jours.",
        modality="Je pourrais annuler la commande 5512. Les 40 euros reviennent sur votre carte sous 3 jours.",
        promise="J'ai annulé la commande 5512. Les 40 euros reviennent sur votre carte sous 3 jours. Un bon d'achat vous attend aussi.",
        refusal="La commande 5512, nous préférons la laisser telle quelle. Les 40 euros restent là 3 jours.",
        addressee="Vous avez annulé la commande 5512. Les 40 euros reviennent sur ma carte sous 3 jours.",
    ),
    _t(
        "fr",
        "travel",
        "Votre siège est le 14A et votre valise porte le numéro 77310. Nous avons envoyé la carte à votre téléphone.",
        "Mon siège est confirmé ?",
        "Vous avez le siège 14A, votre valise porte le numéro 77310. La carte a été envoyée à votre téléphone.",
        "Vous êtes assis au 14A, 77310 est le numéro de la valise, et la carte est dans votre téléphone.",
        exchanged="Votre siège est le 77310 et votre valise porte le numéro 14A. Nous avons envoyé la carte à votre téléphone.",
        modality="Votre siège est le 14A et votre valise porte le numéro 77310. Nous pouvons envoyer la carte à votre téléphone.",
        promise="Votre siège est le 14A et votre valise porte le numéro 77310. Nous avons envoyé la carte à votre téléphone. Le salon vous est ouvert.",
        addressee="Votre siège est le 14A et votre valise porte le numéro 77310. Vous avez envoyé la carte à notre téléphone.",
    ),
    _t(
        "es",
        "shop",
        "He cancelado el pedido 5512. Los 40 euros vuelven a su tarjeta en 3 días.",
        "Cancele el pedido 5512",
        "El pedido 5512 ha sido cancelado. En 3 días los 40 euros vuelven a su tarjeta.",
        "Listo: el 5512 está cancelado y usted tendrá los 40 euros en la tarjeta en 3 días como mucho.",
        exchanged="He cancelado el pedido 5512. Los 3 euros vuelven a su tarjeta en 40 días.",
        modality="Podría cancelar el pedido 5512. Los 40 euros vuelven a su tarjeta en 3 días.",
        promise="He cancelado el pedido 5512. Los 40 euros vuelven a su tarjeta en 3 días. Le espera también un vale de compra.",
        refusal="El pedido 5512 preferimos dejarlo como está. Los 40 euros se quedan ahí 3 días.",
        addressee="Usted ha cancelado el pedido 5512. Los 40 euros vuelven a mi tarjeta en 3 días.",
    ),
    _t(
        "es",
        "bank",
        "Subimos su límite a 900 euros desde el 4 de mayo. La cuota mensual sigue en 12 euros.",
        "¿Han subido mi límite?",
        "Su límite subió a 900 euros desde el 4 de mayo. La cuota mensual sigue siendo de 12 euros.",
        "Sí, desde el 4 de mayo puede gastar hasta 900 euros y sigue pagando 12 euros al mes.",
        exchanged="Subimos su límite a 12 euros desde el 4 de mayo. La cuota mensual sigue en 900 euros.",
        modality="Podríamos subir su límite a 900 euros desde el 4 de mayo. La cuota mensual sigue en 12 euros.",
        promise="Subimos su límite a 900 euros desde el 4 de mayo. La cuota mensual sigue en 12 euros. La primera cuota la pagamos nosotros.",
        refusal="Subir su límite a 900 euros desde el 4 de mayo es algo que preferimos dejar por ahora. La cuota mensual sigue en 12 euros.",
        addressee="Usted subió nuestro límite a 900 euros desde el 4 de mayo. La cuota mensual sigue en 12 euros.",
    ),
    _t(
        "es",
        "clinic",
        "La doctora Ruiz le llamará el martes a las 10:30. Tenga a mano su tarjeta, por favor.",
        "¿Cuándo llama la doctora?",
        "El martes a las 10:30 la doctora Ruiz le llamará. Por favor, tenga su tarjeta a mano.",
        "Espere la llamada de la doctora Ruiz el martes, 10:30, con la tarjeta cerca.",
        modality="La doctora Ruiz podría llamarle el martes a las 10:30. Tenga a mano su tarjeta, por favor.",
        promise="La doctora Ruiz le llamará el martes a las 10:30. Tenga a mano su tarjeta, por favor. Los resultados van también a su casa.",
        refusal="La doctora Ruiz prefiere dejar la llamada del martes a las 10:30. Tenga a mano su tarjeta, por favor.",
        addressee="Usted llamará a la doctora Ruiz el martes a las 10:30. Tenga a mano su tarjeta, por favor.",
    ),
    _t(
        "fr",
        "clinic",
        "Le docteur Petit vous appellera mardi à 10:30. Gardez votre carte à portée de main.",
        "Quand appelle le docteur ?",
        "Mardi à 10:30, le docteur Petit vous appellera. Gardez la carte à portée de main.",
        "Attendez l'appel du docteur Petit mardi, 10:30, avec votre carte à côté.",
        modality="Le docteur Petit pourrait vous appeler mardi à 10:30. Gardez votre carte à portée de main.",
        promise="Le docteur Petit vous appellera mardi à 10:30. Gardez votre carte à portée de main. Les résultats arrivent aussi chez vous.",
        refusal="Le docteur Petit préfère laisser l'appel de mardi à 10:30. Gardez votre carte à portée de main.",
        addressee="Vous appellerez le docteur Petit mardi à 10:30. Gardez votre carte à portée de main.",
    ),
)
