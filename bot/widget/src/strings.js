// Every sentence of the widget. Non-breaking spaces are written \u00a0.
const FORBIDDEN = 403;
/** In place of the status of a refusal: the person took the message back. */
export const UNKNOWN = 1;

export const text = {
  name: "Assistant carte grise",
  nature: {
    "": "Programme automatique. Réponses avec leurs sources.",
    waiting: "Vous attendez une personne du guichet. Le programme répond en attendant.",
    talking: "Une personne du guichet vous répond.",
  },
  greeting:
    "Bonjour. Je réponds à vos questions sur le duplicata de carte grise (certificat d’immatriculation)\u00a0: perte, vol, carte abîmée, prix, pièces à préparer, refus.\nJe suis un programme automatique. N’écrivez ni votre nom, ni votre numéro de plaque\u00a0: je n’en ai pas besoin.",
  open: "Une question\u00a0?",
  openLabel: "Une question\u00a0? Ouvrir l’assistant carte grise",
  openAgainLabel: "Une question\u00a0? Rouvrir l’assistant carte grise, conversation en cours",
  unread: (count) => `${count} nouveau${count > 1 ? "x" : ""} message${count > 1 ? "s" : ""}`,
  close: "Fermer",
  closeLabel: "Fermer l’assistant",
  options: "Options",
  print: "Imprimer la conversation",
  save: "Enregistrer la conversation",
  savedName: "conversation-carte-grise.txt",
  exported: "Télécharger ce que le serveur conserve",
  exportedName: "conversation.json",
  exportFailed: "Le serveur n’a pas pu donner ce qu’il conserve. Réessayez plus tard.",
  copied:
    "La conversation est copiée\u00a0: collez-la où vous voulez. L’application où cette page est ouverte n’enregistre pas les fichiers\u00a0; votre navigateur le fait.",
  notSaved:
    "L’application où cette page est ouverte n’enregistre pas les fichiers. Ouvrez la page dans votre navigateur, puis recommencez.",
  dataPage: "Vos données\u00a0: ce qui est conservé, et combien de temps",
  plainPage: "Version sans JavaScript, que votre navigateur peut traduire",
  erase: "Effacer la conversation",
  eraseQuestion: "Effacer toute la conversation, ici et sur le serveur, avec les fiches qu’elle a données\u00a0?",
  eraseYes: "Oui, effacer",
  eraseNo: "Non, la garder",
  erased: "La conversation est effacée, ici et sur le serveur.",
  erasedHere:
    "La conversation est effacée ici. Elle le sera sur le serveur dès que la connexion sera rétablie, tant que cet onglet reste ouvert.",
  privacy:
    "Aucun cookie, aucun traceur. La conversation reste dans cet onglet et sur le serveur de l’assistant, jusqu’à ce que vous l’effaciez ou que sa durée de conservation soit passée.",
  conversation: "Conversation",
  you: "Vous",
  assistant: "Assistant",
  mediator: "Une personne du guichet",
  suggestions: "Questions fréquentes",
  choices: "Réponses proposées",
  label: "Votre question",
  hint: "Entrée pour envoyer, Maj + Entrée pour aller à la ligne.",
  touchHint: "La touche Entrée va à la ligne. Le bouton Envoyer envoie le message.",
  send: "Envoyer",
  tooLong: (extra) => `Votre message dépasse la limite de ${extra} caractère${extra > 1 ? "s" : ""}\u00a0: raccourcissez-le avant de l’envoyer.`,
  empty: "Écrivez d’abord votre question.",
  newAnswer: "Voir la nouvelle réponse",
  state: {
    idle: "",
    connecting: "Connexion à l’assistant…",
    typing: "L’assistant prépare sa réponse…",
    handing: "Votre message est en cours d’envoi…",
    writing: "Une personne du guichet écrit…",
    busy: "L’assistant reçoit beaucoup de messages en ce moment. Le vôtre est gardé\u00a0: il repartira tout seul dans un instant.",
    offline: "Vous êtes hors ligne. Vos messages sont gardés\u00a0: ils partiront dès le retour de la connexion.",
    retrying: "L’assistant est injoignable pour le moment. Votre message est gardé\u00a0: nouvel essai automatique dans quelques secondes.",
    stuck:
      "L’assistant reste injoignable depuis cette page. Votre message est gardé et les essais continuent. Vous pouvez aussi passer par une autre page, qui marche sans JavaScript\u00a0:",
  },
  otherWay: "poser ma question sur cette page",
  takeBack: "Reprendre mon message",
  back: "La connexion est rétablie.",
  refused: (status) =>
    status === UNKNOWN
      ? "Ce message n’est pas envoyé."
      : status === FORBIDDEN
        ? "Ce message n’a pas pu être envoyé\u00a0: un filtre l’a refusé, peut-être pour un mot ou un signe. Réessayez, ou dites-le autrement."
        : "Ce message n’a pas pu être envoyé\u00a0: le serveur de l’assistant l’a refusé.",
  retry: "Réessayer",
  edit: "Modifier",
  source: "Source",
  sources: "Sources",
  allSources: (count) => `Voir toutes les sources (${count})`,
  newWindow: "(nouvelle fenêtre)",
  price: { label: "Ce qui est compté", amount: "Montant", caption: "Détail du prix" },
  steps: "Étapes à cocher",
  downloads: "À télécharger",
  feedback: {
    question: "Cette réponse vous a-t-elle aidé\u00a0?",
    yes: "Oui",
    no: "Non",
    why: "Qu’est-ce qui ne va pas\u00a0?",
    reasons: {
      wrong: "Elle est fausse",
      unclear: "Elle n’est pas claire",
      too_long: "Elle est trop longue",
      off_topic: "Elle ne répond pas à ma question",
      other: "Autre chose",
    },
    thanks: "Merci, votre avis est enregistré.",
    failed: "Votre avis n’a pas pu être enregistré. Réessayez plus tard.",
  },
  masked: {
    plate: "[plaque masquée]",
    number: "[numéro masqué]",
    email: "[courriel masqué]",
  },
  personal: {
    plate: "un numéro de plaque",
    card: "un numéro de carte bancaire",
    iban: "un numéro de compte bancaire",
    social: "un numéro de sécurité sociale",
    formula: "un numéro de carte grise",
    vin: "un numéro de série de véhicule",
    email: "une adresse électronique",
    phone: "un numéro de téléphone",
    name: "un nom",
    address: "une adresse",
    birth: "une date de naissance",
  },
  willMask: (what) => `Votre message contient ${what}\u00a0: je le masque avant l’envoi.`,
  considerRemoving: (what) => `Votre message semble contenir ${what}. L’assistant n’en a pas besoin\u00a0: retirez-le si vous le pouvez.`,
  and: " et ",
};

// First questions by the kind of page that embeds the widget (attribute context-page).
export const suggestions = {
  default: ["J’ai perdu ma carte grise, que faire\u00a0?", "Combien coûte un duplicata\u00a0?", "Quelles pièces faut-il préparer\u00a0?"],
  perte: ["Faut-il déclarer la perte\u00a0?", "Comment demander un duplicata\u00a0?", "Puis-je rouler en attendant\u00a0?"],
  vol: ["Où déclarer le vol de ma carte grise\u00a0?", "Comment demander un duplicata\u00a0?", "Puis-je rouler en attendant\u00a0?"],
  prix: ["Combien coûte un duplicata\u00a0?", "Comment payer\u00a0?", "Un site privé est-il plus cher\u00a0?"],
  refus: ["Ma demande est refusée, que faire\u00a0?", "Pourquoi ma demande est-elle refusée\u00a0?", "Ma demande reste sans réponse"],
  suivi: ["Où en est ma demande\u00a0?", "Combien de temps pour recevoir la carte\u00a0?", "Je n’ai pas reçu ma carte grise"],
};

// To who writes another language: the page that a browser can translate (what stands in a shadow tree it leaves as it is).
export const translatable = {
  en: "A page that your browser can translate",
  es: "Una página que su navegador puede traducir",
  ar: "صفحة يمكن لمتصفحك ترجمتها",
  de: "Eine Seite, die Ihr Browser übersetzen kann",
  it: "Una pagina che il suo browser può tradurre",
  pt: "Uma página que o seu navegador pode traduzir",
  pl: "Strona, którą może przetłumaczyć Twoja przeglądarka",
  ro: "O pagină pe care browserul dumneavoastră o poate traduce",
  tr: "Tarayıcınızın çevirebileceği bir sayfa",
  ru: "Страница, которую может перевести ваш браузер",
  zh: "浏览器可以翻译的页面",
  nl: "Een pagina die uw browser kan vertalen",
  uk: "Сторінка, яку може перекласти ваш браузер",
};
