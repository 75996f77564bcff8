// Janus for the browsers of CallStage: as rostrumServer() of call.mjs, by VideoRoom's own exchange.
import { ROOM, startJanus } from '../janus.mjs';

export async function janusServer() {
	const { session, stop } = await startJanus();
	const feeds = new Map(); // source to VideoRoom's number of it
	const handles = [];
	const attach = async () => {
		handles.push(await session.attach());
		return handles.at(-1);
	};
	return {
		name: 'Janus',
		stop,
		async publish(page, source) {
			const handle = await attach();
			const joined = await session.message(handle, { request: 'join', ptype: 'publisher', room: ROOM, display: source });
			feeds.set(source, joined.plugindata.data.id);
			const sdp = await page.evaluate(() => window.call.offerToSend());
			const { jsep } = await session.message(handle, { request: 'configure', audio: true, video: true, bitrate: 0 }, { type: 'offer', sdp });
			await page.evaluate((answer) => window.call.answer(answer), jsep.sdp);
		},
		async play(page, source) {
			const handle = await attach();
			const { jsep } = await session.message(handle, { request: 'join', ptype: 'subscriber', room: ROOM, streams: [{ feed: feeds.get(source) }] });
			const sdp = await page.evaluate((offer) => window.call.answerTo(offer), jsep.sdp);
			await session.message(handle, { request: 'start' }, { type: 'answer', sdp });
		},
		async hangUp() {
			await Promise.all(handles.splice(0).map((handle) => session.detach(handle)));
		},
	};
}
