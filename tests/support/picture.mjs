// Pictures in tests: a plain colour per participant with a frame counter, as a Y4M file for fake cameras.
import { closeSync, openSync, writeSync } from 'node:fs';

// Y, U, V of clearly different colours (BT.601, video range), and what red, green and blue a browser shows for them.
export const COLOURS = {
	chair: { yuv: [81, 90, 240], rgb: [255, 0, 0] },
	KEN: { yuv: [145, 54, 34], rgb: [0, 255, 0] },
	FRA: { yuv: [41, 240, 110], rgb: [0, 0, 255] },
	'fr-1': { yuv: [210, 16, 146], rgb: [255, 255, 0] },
};

export const COUNTER_BITS = 8;

// `frames` pictures of one colour, given as Y, U and V; the top eighth holds COUNTER_BITS blocks, black 0 and white 1, most
// significant first, that count the frames. The file loops.
function write(path, [y, u, v], { width, height, fps, frames }) {
	const file = openSync(path, 'w');
	writeSync(file, `YUV4MPEG2 W${width} H${height} F${fps}:1 Ip A1:1 C420jpeg\n`);
	const chroma = (width / 2) * (height / 2);
	const bar = Math.floor(height / 8 / 2) * 2;
	const block = width / COUNTER_BITS;
	for (let frame = 0; frame < frames; frame += 1) {
		const luma = Buffer.alloc(width * height, y);
		const blue = Buffer.alloc(chroma, u);
		const red = Buffer.alloc(chroma, v);
		for (let line = 0; line < bar; line += 1)
			for (let bit = 0; bit < COUNTER_BITS; bit += 1)
				luma.fill((frame >> (COUNTER_BITS - 1 - bit)) & 1 ? 235 : 16, line * width + bit * block, line * width + (bit + 1) * block);
		blue.fill(128, 0, (bar / 2) * (width / 2));
		red.fill(128, 0, (bar / 2) * (width / 2));
		writeSync(file, 'FRAME\n');
		for (const plane of [luma, blue, red]) writeSync(file, plane);
	}
	closeSync(file);
	return path;
}

// In a participant's colour.
export function writeColour(path, name, { width = 640, height = 360, fps = 15, frames = 150 } = {}) {
	return write(path, COLOURS[name].yuv, { width, height, fps, frames });
}

// In a colour given as red, green and blue (BT.601).
export function writePicture(path, [red, green, blue], { size: [width, height], fps, frames = 256 }) {
	const y = 16 + (65.5 * red + 128.6 * green + 25 * blue) / 255;
	const u = 128 + (-37.8 * red - 74.2 * green + 112 * blue) / 255;
	const v = 128 + (112 * red - 93.8 * green - 18.2 * blue) / 255;
	return write(path, [y, u, v].map(Math.round), { width, height, fps, frames });
}

// The counter in a picture; `pixel(x, y)` gives red, green and blue.
export function readCounter(pixel, [width, height]) {
	let counter = 0;
	for (let bit = 0; bit < COUNTER_BITS; bit += 1)
		counter = counter * 2 + (pixel(Math.floor(((bit + 0.5) * width) / COUNTER_BITS), Math.floor(height / 16))[1] > 127 ? 1 : 0);
	return counter;
}

// The participant whose colour is nearest to a pixel: encoders and colour conversions shift it, so no exact match is asked.
export function nameColour([red, green, blue]) {
	const distance = (name) => COLOURS[name].rgb.reduce((sum, part, i) => sum + (part - [red, green, blue][i]) ** 2, 0);
	const nearest = Object.keys(COLOURS).reduce((best, name) => (distance(name) < distance(best) ? name : best));
	return distance(nearest) < 3 * 110 ** 2 ? nearest : null;
}
