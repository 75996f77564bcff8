/** What pages say of a rehearsal, in all six languages. */

const en = {
	'rehearsal.title': 'Rehearsal',
	'rehearsal.note': 'Nothing said or decided here counts as proceedings.',
	'rehearsal.recorded': 'It is being recorded, as a rehearsal.',
	'rehearsal.now': 'A rehearsal is under way',
	'rehearsal.now.lead': 'Camera, microphone and keys are tried out there together, before the meeting. You can go to the meeting afterwards with the same link and PIN.',
	'rehearsal.enter': 'To the rehearsal',
	'rehearsal.skip': 'To the meeting',
};

const fr = {
	'rehearsal.title': 'Répétition',
	'rehearsal.note': 'Rien de ce qui est dit ou décidé ici ne fait partie des débats.',
	'rehearsal.recorded': 'Elle est enregistrée, en tant que répétition.',
	'rehearsal.now': 'Une répétition est en cours',
	'rehearsal.now.lead': 'On y essaie ensemble, avant la réunion, caméra, microphone et touches. Vous pourrez ensuite rejoindre la réunion avec le même lien et le même code PIN.',
	'rehearsal.enter': 'Vers la répétition',
	'rehearsal.skip': 'Vers la réunion',
};

const es = {
	'rehearsal.title': 'Ensayo',
	'rehearsal.note': 'Nada de lo que aquí se diga o decida forma parte de las actuaciones.',
	'rehearsal.recorded': 'Se está grabando, como ensayo.',
	'rehearsal.now': 'Hay un ensayo en curso',
	'rehearsal.now.lead': 'En él se prueban juntos, antes de la reunión, la cámara, el micrófono y los botones. Después podrá entrar en la reunión con el mismo enlace y el mismo PIN.',
	'rehearsal.enter': 'Al ensayo',
	'rehearsal.skip': 'A la reunión',
};

const ru = {
	'rehearsal.title': 'Репетиция',
	'rehearsal.note': 'Ничто из сказанного или решенного здесь не относится к работе заседания.',
	'rehearsal.recorded': 'Ведется запись, как репетиции.',
	'rehearsal.now': 'Идет репетиция',
	'rehearsal.now.lead': 'Перед заседанием на ней вместе проверяют камеру, микрофон и кнопки. Затем Вы сможете войти на заседание по той же ссылке с тем же PIN-кодом.',
	'rehearsal.enter': 'На репетицию',
	'rehearsal.skip': 'На заседание',
};

const zh = {
	'rehearsal.title': '排练',
	'rehearsal.note': '此处的发言和决定均不计入会议议事记录。',
	'rehearsal.recorded': '正在作为排练录制。',
	'rehearsal.now': '排练正在进行',
	'rehearsal.now.lead': '会前大家在排练中一起试用摄像头、麦克风和按键。之后您可以用同一链接和 PIN 码进入会议。',
	'rehearsal.enter': '进入排练',
	'rehearsal.skip': '进入会议',
};

const ar = {
	'rehearsal.title': 'تجربة تحضيرية',
	'rehearsal.note': 'لا يُعدّ أي شيء يُقال أو يُقرَّر هنا جزءًا من المداولات.',
	'rehearsal.recorded': 'يجري تسجيلها بوصفها تجربة تحضيرية.',
	'rehearsal.now': 'تجربة تحضيرية جارية الآن',
	'rehearsal.now.lead': 'فيها تُجرَّب الكاميرا والميكروفون والمفاتيح معًا قبل الاجتماع. ويمكنكم بعدها دخول الاجتماع بالرابط والرقم السري نفسيهما.',
	'rehearsal.enter': 'إلى التجربة',
	'rehearsal.skip': 'إلى الاجتماع',
};

export const rehearsal = { en, fr, es, ru, zh, ar };
