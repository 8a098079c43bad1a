"""300 values that identify people, of 12 countries and 7 kinds, each where logs have it: in a sentence, in a field, in the answer to a question; and 150 texts that identify nobody. All are made up; written before the redactor was."""

PLACES = ("text", "field", "ask")

# country: kind: values
VALUES = {
    "US": {
        "email": ["dana.whitlock@example.com", "D_Whitlock77@mail.example.org", "k+orders@example.co"],
        "phone": ["+1 (415) 555-2671", "(212) 736-5000", "503-226-1419", "1-800-275-2273", "6178675309"],
        "bank": ["4116372651676120", "5122 0297 2997 5285", "3782-001826-33040"],
        "national_id": ["536-22-8145", "219-09-9999", "457 55 5462", "536228145"],
        "address": ["1842 Maple Grove Lane", "77 W 4th St, Apt 6B", "5120 Ocean Blvd, Long Beach, CA 90803", "PO Box 2213"],
        "birth_date": ["03/14/1987", "July 9, 1962"],
        "name": ["Dana Whitlock", "Marcus O'Neill", "Priya Raman-Lee", "Theo"],
    },
    "GB": {
        "email": ["imogen@brack.example.uk", "j.ashdown1@example.com", "TOM.BRACK@EXAMPLE.COM"],
        "phone": ["+44 20 7946 0958", "020 7946 0958", "07911 123456", "01632 960001", "0044 7911 123456"],
        "bank": ["GB51NWBK52601815908301", "GB27 BARC 6613 1860 9139 09", "6011348395486209"],
        "national_id": ["AB123456C", "QQ 12 34 56 A", "813 360 1975", "7587977309"],
        "address": ["14 Bramble Close", "Flat 3, 22 Kingsway Road, Hove BN3 1AB", "9 High St, Ely", "221B Baker Street, London NW1 6XE"],
        "birth_date": ["14/03/1987", "2 February 1991"],
        "name": ["Imogen Ashdown", "Tom Brack", "Siobhan McGrath", "Alistair"],
    },
    "DE": {
        "email": ["j.krueger@beispiel.example.de", "lena-vogt@example.com", "vogt.lena+rechnung@example.de"],
        "phone": ["+49 30 901820", "030 901820", "0171 2345678", "+49 (0)89 123456-78", "0049 221 9876543"],
        "bank": ["DE35370400449603082462", "DE33 1001 1001 8194 8219 93", "4290222791805881"],
        "national_id": ["14632778077", "85 671 131 901", "907 120 48050", "L01X00T471"],
        "address": ["Lindenstraße 12", "Am Hang 4, 70565 Stuttgart", "Schulweg 7a, 20095 Hamburg", "Berliner Allee 101"],
        "birth_date": ["14.03.1987", "9. Juli 1962"],
        "name": ["Jürgen Krüger", "Lena Vogt", "Anneliese von Stein", "Karsten"],
    },
    "FR": {
        "email": ["camille.durand@exemple.example.fr", "c.durand@example.com", "contact_moreau@example.net"],
        "phone": ["+33 6 12 34 56 78", "06 12 34 56 78", "01.44.55.66.77", "0033 1 44 55 66 77", "0612345678"],
        "bank": ["FR6995289078666617603137215", "FR19 9010 9281 5901 3962 4595 711", "5187180334018789"],
        "national_id": ["261037531016123", "2 52 08 75 357044 27", "1 89 10 75 663 452 67", "12AB34567"],
        "address": ["12 rue des Lilas", "5 bis avenue Jean Jaurès, 69007 Lyon", "Place du Marché 3, 35000 Rennes", "48 boulevard Voltaire"],
        "birth_date": ["14/03/1987", "9 juillet 1962"],
        "name": ["Camille Durand", "Jean-Pierre Moreau", "Élodie Lefèvre", "Bastien"],
    },
    "ES": {
        "email": ["lucia.navarro@ejemplo.example.es", "navarro_l@example.com", "pablo99@example.org"],
        "phone": ["+34 612 345 678", "612 34 56 78", "91 411 11 11", "0034 934 123 456", "612345678"],
        "bank": ["ES7353933633568750047439", "ES78 5755 1313 7573 5379 9075", "4116372651676120"],
        "national_id": ["24273167W", "23268656-Q", "Y7706589Q", "35515058E"],
        "address": ["Calle Mayor 5", "Avenida de la Paz 33, 2º B, 28013 Madrid", "C/ del Pez, 14, 41001 Sevilla", "Plaza España 2"],
        "birth_date": ["14/03/1987", "9 de julio de 1962"],
        "name": ["Lucía Navarro", "Pablo Ibáñez Soler", "Begoña Ruiz", "Iker"],
    },
    "IT": {
        "email": ["giulia.ferri@esempio.example.it", "ferri.g@example.com", "marco-conti@example.it"],
        "phone": ["+39 06 6982 1234", "06 6982 1234", "347 123 4567", "0039 02 8646 2341", "3471234567"],
        "bank": ["IT49X0542885280841485253888", "IT49 X054 2885 2808 4148 5253 888", "3557986828288077"],
        "national_id": ["RSSMRA85T10A562S", "BNCLRA90E55H501B", "vrdgpp72c03f205i", "CA12345AB"],
        "address": ["Via Garibaldi 18", "Piazza Dante, 3, 80134 Napoli", "Corso Italia 45/B, 20122 Milano", "Viale dei Tigli 9"],
        "birth_date": ["14/03/1987", "9 luglio 1962"],
        "name": ["Giulia Ferri", "Marco Conti", "Niccolò D'Amico", "Ornella"],
    },
    "NL": {
        "email": ["sanne.devries@voorbeeld.example.nl", "devries77@example.com", "pieter.bakker@example.nl"],
        "phone": ["+31 6 12345678", "06-12345678", "020 794 0800", "0031 10 234 5678", "0612345678"],
        "bank": ["NL11INGB5181909378", "NL85 RABO 6579 7543 23", "6011878384837269"],
        "national_id": ["821132027", "2084.97.031", "800199911", "NX1234567"],
        "address": ["Kerkstraat 12", "Prinsengracht 263-II, 1016 GV Amsterdam", "Dorpsweg 4, 3513 XB Utrecht", "Lange Nieuwstraat 88"],
        "birth_date": ["14-03-1987", "9 juli 1962"],
        "name": ["Sanne de Vries", "Pieter Bakker", "Femke van den Berg", "Joris"],
    },
    "PL": {
        "email": ["agnieszka.lis@przyklad.example.pl", "a_lis@example.com", "k.wrona1@example.pl"],
        "phone": ["+48 512 345 678", "512 345 678", "22 621 02 51", "0048 600 100 200", "512345678"],
        "bank": ["PL07194875749118625276018955", "PL85 5979 7114 7104 9746 5075 2917", "4290222791805881"],
        "national_id": ["73040983374", "89091972702", "70080336472", "ABA123456"],
        "address": ["ul. Długa 5", "ul. Piękna 24/26 m. 5, 00-549 Warszawa", "al. Jana Pawła II 7, 31-864 Kraków", "Rynek Główny 12"],
        "birth_date": ["14.03.1987", "9 lipca 1962"],
        "name": ["Agnieszka Lis", "Krzysztof Wrona", "Małgorzata Żak", "Zbigniew"],
    },
    "SE": {
        "email": ["astrid.lund@exempel.example.se", "lund.astrid@example.com", "erik_berg@example.se"],
        "phone": ["+46 70 123 45 67", "070-123 45 67", "08-123 456 78", "0046 31 12 34 56", "0701234567"],
        "bank": ["SE3903423667127684268465", "SE37 6321 2233 0792 4402 6859", "5122029729975285"],
        "national_id": ["891201-0124", "691112-3419", "19720502-7076", "8912010124"],
        "address": ["Storgatan 5", "Ringvägen 112, 116 61 Stockholm", "Björkvägen 9B, 903 42 Umeå", "Norra Torget 3"],
        "birth_date": ["1987-03-14", "9 juli 1962"],
        "name": ["Astrid Lund", "Erik Berg", "Åsa Öberg", "Gunilla"],
    },
    "BR": {
        "email": ["thiago.souza@exemplo.example.br", "souza.t@example.com", "bia_campos@example.com"],
        "phone": ["+55 11 91234-5678", "(11) 91234-5678", "(21) 2345-6789", "0055 31 98765 4321", "11912345678"],
        "bank": ["BR2100360305777741215472803C1", "4116 3726 5167 6120", "370175989834785"],
        "national_id": ["780.007.519-25", "656.840.832-85", "87257178127", "12.345.678-9"],
        "address": ["Rua das Acácias, 120", "Avenida Paulista 1578, apto 91, 01310-200 São Paulo", "Travessa do Comércio, 8", "Alameda Santos 45"],
        "birth_date": ["14/03/1987", "9 de julho de 1962"],
        "name": ["Thiago Souza", "Beatriz Campos", "João Vítor Sá", "Iracema"],
    },
    "JP": {
        "email": ["haruto.sato@rei.example.jp", "h.sato@example.com", "mei_kato@example.jp"],
        "phone": ["+81 3-1234-5678", "03-1234-5678", "090-1234-5678", "0081 90 1234 5678", "09012345678"],
        "bank": ["3557986828288077", "3516 7513 6134 1257", "4116-3726-5167-6120"],
        "national_id": ["123456789018", "1234 5678 9018", "9876 5432 1012", "TK1234567"],
        "address": ["東京都千代田区丸の内1-9-1", "大阪府大阪市北区梅田3丁目1番1号", "3-5-12 Shibuya, Shibuya-ku, Tokyo 150-0002", "〒530-0001 大阪市北区梅田2-4-9"],
        "birth_date": ["1987年3月14日", "1987/03/14"],
        "name": ["佐藤陽翔", "加藤芽衣", "Haruto Sato", "健太"],
    },
    "IN": {
        "email": ["ananya.iyer@udaharan.example.in", "iyer_a@example.com", "rohan.gupta@example.in"],
        "phone": ["+91 98765 43210", "98765 43210", "022 2345 6789", "0091 98765 43210", "9876543210"],
        "bank": ["4290222791805881", "5187 1803 3401 8789", "6011-3483-9548-6209"],
        "national_id": ["444160143083", "4122 1694 1084", "ABCPI1234F", "4582-6601-6001"],
        "address": ["12, MG Road", "Flat 4B, Lake View Apartments, Indiranagar, Bengaluru 560038", "27/3 Park Street, Kolkata 700016", "H.No. 8-2-120, Road No. 2, Hyderabad"],
        "birth_date": ["14/03/1987", "9 July 1962"],
        "name": ["Ananya Iyer", "Rohan Gupta", "Md. Imran Khan", "Kavya"],
    },
}

# country: kind: (a sentence, a question)
WORDS = {
    "US": {"email": ("You can write to {} any time.", "What is your email address?"), "phone": ("Call me back at {} please.", "What phone number can we reach you at?"), "bank": ("Charge my card {} for it.", "Which card number should I use?"), "national_id": ("My SSN is {}.", "Could you give me your social security number?"), "address": ("Send it to {}, please.", "What is your shipping address?"), "birth_date": ("I was born on {}.", "What is your date of birth?"), "name": ("Hi, my name is {} and my order is late.", "May I have your full name?")},
    "GB": {"email": ("My email's {}.", "Can I take an email address?"), "phone": ("Ring me on {} after six.", "What's the best number to reach you on?"), "bank": ("Refund it to {} please.", "What are your bank details?"), "national_id": ("My National Insurance / NHS number is {}.", "What is your National Insurance or NHS number?"), "address": ("I live at {}.", "What's the delivery address?"), "birth_date": ("DOB {}", "And your date of birth?"), "name": ("This is {} speaking.", "Who am I speaking to?")},
    "DE": {"email": ("Meine E-Mail ist {}.", "Wie lautet Ihre E-Mail-Adresse?"), "phone": ("Rufen Sie mich unter {} an.", "Unter welcher Telefonnummer sind Sie erreichbar?"), "bank": ("Bitte buchen Sie von {} ab.", "Wie lautet Ihre IBAN oder Kartennummer?"), "national_id": ("Meine Steuer-ID oder Ausweisnummer ist {}.", "Wie lautet Ihre Steuer-ID oder Ausweisnummer?"), "address": ("Ich wohne {}.", "Wie lautet Ihre Adresse?"), "birth_date": ("Ich bin am {} geboren.", "Wann sind Sie geboren?"), "name": ("Guten Tag, ich heiße {}.", "Wie ist Ihr Name?")},
    "FR": {"email": ("Écrivez-moi à {}.", "Quelle est votre adresse e-mail ?"), "phone": ("Appelez-moi au {}.", "Quel est votre numéro de téléphone ?"), "bank": ("Mon IBAN ou ma carte : {}.", "Quel est votre IBAN ou numéro de carte ?"), "national_id": ("Mon numéro de sécurité sociale ou de passeport est {}.", "Quel est votre numéro de sécurité sociale ou de passeport ?"), "address": ("J'habite {}.", "Quelle est votre adresse ?"), "birth_date": ("Je suis né le {}.", "Quelle est votre date de naissance ?"), "name": ("Bonjour, je m'appelle {}.", "Quel est votre nom ?")},
    "ES": {"email": ("Mi correo es {}.", "¿Cuál es su correo electrónico?"), "phone": ("Llámeme al {}.", "¿Cuál es su número de teléfono?"), "bank": ("Mi cuenta o tarjeta es {}.", "¿Cuál es su IBAN o número de tarjeta?"), "national_id": ("Mi DNI es {}.", "¿Cuál es su DNI o NIE?"), "address": ("Vivo en {}.", "¿Cuál es su dirección?"), "birth_date": ("Nací el {}.", "¿Cuál es su fecha de nacimiento?"), "name": ("Hola, me llamo {}.", "¿Cuál es su nombre?")},
    "IT": {"email": ("La mia email è {}.", "Qual è il suo indirizzo e-mail?"), "phone": ("Mi chiami al {}.", "Qual è il suo numero di telefono?"), "bank": ("Il mio IBAN o la mia carta: {}.", "Qual è il suo IBAN o numero di carta?"), "national_id": ("Il mio codice fiscale o documento è {}.", "Qual è il suo codice fiscale o documento?"), "address": ("Abito in {}.", "Qual è il suo indirizzo?"), "birth_date": ("Sono nata il {}.", "Qual è la sua data di nascita?"), "name": ("Buongiorno, mi chiamo {}.", "Qual è il suo nome?")},
    "NL": {"email": ("Mijn e-mail is {}.", "Wat is uw e-mailadres?"), "phone": ("Bel me op {}.", "Wat is uw telefoonnummer?"), "bank": ("Mijn rekening of kaart is {}.", "Wat is uw IBAN of kaartnummer?"), "national_id": ("Mijn BSN of paspoort is {}.", "Wat is uw BSN of paspoortnummer?"), "address": ("Ik woon op {}.", "Wat is uw adres?"), "birth_date": ("Ik ben geboren op {}.", "Wat is uw geboortedatum?"), "name": ("Hallo, ik heet {}.", "Wat is uw naam?")},
    "PL": {"email": ("Mój e-mail to {}.", "Jaki jest Pana adres e-mail?"), "phone": ("Proszę dzwonić pod {}.", "Jaki jest Pana numer telefonu?"), "bank": ("Moje konto lub karta: {}.", "Jaki jest numer konta lub karty?"), "national_id": ("Mój PESEL lub dowód: {}.", "Proszę podać PESEL lub numer dowodu."), "address": ("Mieszkam: {}.", "Jaki jest Pani adres?"), "birth_date": ("Urodziłam się {}.", "Jaka jest data urodzenia?"), "name": ("Dzień dobry, nazywam się {}.", "Jak się Pani nazywa?")},
    "SE": {"email": ("Min e-post är {}.", "Vad är din e-postadress?"), "phone": ("Ring mig på {}.", "Vilket telefonnummer har du?"), "bank": ("Mitt konto eller kort är {}.", "Vad är ditt IBAN eller kortnummer?"), "national_id": ("Mitt personnummer är {}.", "Vad är ditt personnummer?"), "address": ("Jag bor på {}.", "Vad är din adress?"), "birth_date": ("Jag är född {}.", "Vad är ditt födelsedatum?"), "name": ("Hej, jag heter {}.", "Vad heter du?")},
    "BR": {"email": ("Meu e-mail é {}.", "Qual é o seu e-mail?"), "phone": ("Me ligue no {}.", "Qual é o seu telefone?"), "bank": ("Minha conta ou cartão é {}.", "Qual é o número da conta ou do cartão?"), "national_id": ("Meu CPF ou RG é {}.", "Qual é o seu CPF ou RG?"), "address": ("Moro na {}.", "Qual é o seu endereço?"), "birth_date": ("Nasci em {}.", "Qual é a sua data de nascimento?"), "name": ("Olá, meu nome é {}.", "Qual é o seu nome?")},
    "JP": {"email": ("メールは{}です。", "メールアドレスを教えてください。"), "phone": ("電話番号は{}です。", "お電話番号をお願いします。"), "bank": ("カード番号は{}です。", "カード番号をお願いします。"), "national_id": ("マイナンバーまたはパスポート番号は{}です。", "マイナンバーまたはパスポート番号をお願いします。"), "address": ("住所は{}です。", "ご住所をお願いします。"), "birth_date": ("生年月日は{}です。", "生年月日をお願いします。"), "name": ("私の名前は{}です。", "お名前をお願いします。")},
    "IN": {"email": ("Please mail {} for the bill.", "What is your email ID?"), "phone": ("My mobile is {}.", "Please share your registered mobile number."), "bank": ("My card is {}.", "Please tell me the card number."), "national_id": ("My Aadhaar or PAN is {}.", "Please share your Aadhaar or PAN."), "address": ("Deliver to {}.", "Please confirm the delivery address."), "birth_date": ("My date of birth is {}.", "Please confirm your date of birth."), "name": ("Hello, {} here, my name is {}.", "May I know your good name?")},
}
FIELDS = {"email": "email", "phone": "phone_number", "bank": "payment_method", "national_id": "national_id", "address": "street_address", "birth_date": "date_of_birth", "name": "full_name"}


def value_set():
    "(kind, country, value, conversation) of each value: two messages, and a tool's result."
    out, n = [], 0
    for country, kinds in VALUES.items():
        for kind, values in kinds.items():
            for value in values:
                place = PLACES[n % len(PLACES)]
                n += 1
                sentence, question = WORDS[country][kind]
                said = sentence.replace("{}", value) if place == "text" else value if place == "ask" else "Please look me up."
                asked = question if place == "ask" else "How can I help?"
                result = {"customer": {FIELDS[kind]: value}} if place == "field" else {"ok": True}
                messages = [
                    {"role": "assistant", "content": asked},
                    {"role": "user", "content": said},
                    {"role": "assistant", "content": None, "tool_calls": [{"id": "c1", "name": "find", "arguments": {}}]},
                    {"role": "tool", "name": "find", "tool_call_id": "c1", "content": None, "result": result},
                ]
                out.append((kind, country, value, {"conversation_id": f"v{n}", "messages": messages}))
    return out


# texts that identify nobody
HARMLESS = [
    "Your order 4485-2210-77 has shipped.", "The part number is 020-7946-A.", "Version 10.4.12 is out since 2024-03-14.", "It costs 1,299.00 EUR with tax.", "Tracking 1Z999AA10123456784 shows Leipzig.", "Flight LH 4410 leaves at 14:35.",
    "Room 221 is free from 12/04/2026 to 15/04/2026.", "Invoice INV-2026-000123 is open.", "The model is XPS-13-9310.", "Serial number SN 8827 3310 5521.", "Reset code 993120 is valid for ten minutes.", "We open at 9 and close at 17.",
    "The Blue Mountain coffee is sold out.", "Please choose Standard or Express.", "Error 0x80070057 in module Update.", "ISBN 978-3-16-148410-0 is in print.", "The bus 112 stops at Central Station.", "Our Return Policy allows 30 days.",
    "Ticket #48211 was merged into #48190.", "The May sale starts on Monday.", "Product 7501031311309 is back.", "SKU 100-200-3000 in white.", "Your balance is 12 345.67 kr.", "Between 2019 and 2023 we sold 1 200 300 units.",
    "Use port 8080 and host 10.0.0.12.", "Commit 9fceb02 broke it.", "It weighs 3.5 kg, 40 x 30 x 20 cm.", "Gate B12, seat 14C.", "Chapter 5, page 112.", "Case 2026-0042 is closed.",
    "The Premium Plan costs 9.99 a month.", "Apple Pay and Google Pay work.", "Turn left after 400 m.", "Windows 11 Pro is needed.", "Section 12 of the terms applies.", "A 15 % discount until 31.12.2026.",
    "Das Paket 00340434161094042557 ist unterwegs.", "Bestellung 302-4455667-8899001 wurde versandt.", "Der Tarif Komfort Plus kostet 19,90 Euro.", "Artikel 4006381333931 ist lieferbar.", "Rechnung vom 03.02.2026 über 120,00 Euro.", "Kapitel 3 im Handbuch.",
    "Votre commande n° 77120034 est prête.", "Le forfait Liberté coûte 12 euros.", "La facture 2026-118 est payée.", "Réf. 12-345-6789-0", "Le train 6607 part à 8 h 15.", "Tapez 1 pour continuer.",
    "Su pedido 55-88123 ha salido.", "El plan Básico cuesta 10 euros.", "La sala 4 está libre.", "Código de error 5003.", "El vuelo IB3170 sale a las 7:20.", "Quedan 14 unidades.",
    "Il suo ordine 2026/778 è pronto.", "Il piano Famiglia costa 15 euro.", "Il treno FR 9524 è in orario.", "Codice 44-12-09.", "Taglia 42, colore Rosso.", "Sconto del 20 %.",
    "Uw bestelling 20260311-7 is onderweg.", "Het pakket Basis kost 8 euro.", "Spoor 5b, 10:42.", "Artikel 12.34.56.", "Maat 38 is op.", "Factuur 118-2026.",
    "Zamówienie 8812/2026 jest gotowe.", "Pakiet Start kosztuje 20 zł.", "Pociąg IC 3510.", "Kod 77-88-99.", "Rozmiar 40.", "Faktura 3/03/2026.",
    "Din order 77-1203 är klar.", "Paketet Bas kostar 99 kr.", "Tåg 422 går 10.15.", "Artikel 301.225.", "Storlek 44.", "Faktura 2026-3.",
    "Seu pedido 10-20-30 saiu.", "O plano Ouro custa 50 reais.", "Voo JJ 3344 às 9:10.", "Código 5512.", "Tamanho 41.", "Fatura 03/2026.",
    "ご注文番号1002003004は発送済みです。", "料金は3,500円です。", "のぞみ225号、12番線。", "型番はAB-1200です。", "在庫は14個です。", "2026年3月14日に届きます。",
    "Your AWB 12345678901 is in transit.", "Recharge of Rs. 499 is done.", "PNR 8412345670 is confirmed.", "Train 12951 is on time.", "GST is 18 %.", "Plan ends on 31/03/2026.",
    "Thanks for calling Northwind Traders.", "Dear customer, your Gold Card arrives soon.", "Hi there, what can I do?", "I am Happy with it.", "I'm Sorry to hear that.", "This is Wrong.",
    "My Order is late.", "My Name Badge is lost.", "Best Buy has it too.", "The Harry Potter box set is here.", "Regards to all of the team.", "Is Paris nice in May?",
    "Add the Victoria Sponge to my cart.", "St Patrick's Day offer", "The Lincoln Park branch is open.", "I like Jordan shoes.", "Is it Sony or Bosch?", "The Mercedes A Class is free.",
    "Press the Power button for 5 seconds.", "Route 66 T-shirt, size L", "The 5th Avenue perfume is sold out.", "It is at 50 percent.", "We ship to 40 countries.", "Sector 7G failed.",
    "id 550e8400-e29b-41d4-a716-446655440000", "build 20260314.2", "hash d41d8cd98f00b204e9800998ecf8427e", "batch 2024-123-4567", "SKU 415-555-26712-X", "lot 88-1234-5678-90",
    "GTIN 00012345600012", "container MSKU1234565", "colour #ff8800", "ratio 16:9", "coordinates 52.5200, 13.4050", "ip 192.168.0.15",
    "score 4.5 of 5", "temperature -12.5", "amount 1234567.89", "quantity 100000", "time 2026-03-14T10:00:00Z", "epoch 1767000000",
]
HARMLESS_FIELDS = [
    {"product": {"name": "Blue Kettle", "price": 19.5, "sku": "KET-0012"}}, {"order_id": "W2378156", "status": "delivered", "total": 1293.21}, {"flight": {"name": "Morning Express", "number": "HAT170"}}, {"plan": {"name": "Gold Family", "code": "GF-77"}}, {"item_ids": ["9523456873", "8310926033", "1008292230"]}, {"created_at": "2026-03-14T10:00:00Z", "updated_at": 1767000000},
    {"tool_name": "Get Weather", "file_name": "Annual Report.pdf"}, {"hotel": {"name": "Grand Palace", "stars": 4}}, {"reservation_id": "EHGLP3", "cabin": "economy"}, {"tracking": "340434161094042557"}, {"user_agent": "Mozilla/5.0", "build": "115.0.5790"}, {"category": {"name": "Garden Tools", "id": 4410}},
]
