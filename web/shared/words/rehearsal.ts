/** What pages say of a rehearsal, in all six languages. */

const en = {
	'rehearsal.title': 'Rehearsal',
	'rehearsal.note': 'Nothing said or decided here counts as proceedings.',
	'rehearsal.recorded': 'It is being recorded, as a rehearsal.',
};

const fr = {
	'rehearsal.title': 'Répétition',
	'rehearsal.note': 'Rien de ce qui est dit ou décidé ici ne fait partie des débats.',
	'rehearsal.recorded': 'Elle est enregistrée, en tant que répétition.',
};

const es = {
	'rehearsal.title': 'Ensayo',
	'rehearsal.note': 'Nada de lo que aquí se diga o decida forma parte de las actuaciones.',
	'rehearsal.recorded': 'Se está grabando, como ensayo.',
};

const ru = {
	'rehearsal.title': 'Репетиция',
	'rehearsal.note': 'Ничто из сказанного или решенного здесь не относится к работе заседания.',
	'rehearsal.recorded': 'Ведется запись, как репетиции.',
};

const zh = {
	'rehearsal.title': '排练',
	'rehearsal.note': '此处的发言和决定均不计入会议议事记录。',
	'rehearsal.recorded': '正在作为排练录制。',
};

const ar = {
	'rehearsal.title': 'تجربة تحضيرية',
	'rehearsal.note': 'لا يُعدّ أي شيء يُقال أو يُقرَّر هنا جزءًا من المداولات.',
	'rehearsal.recorded': 'يجري تسجيلها بوصفها تجربة تحضيرية.',
};

export const rehearsal = { en, fr, es, ru, zh, ar };
