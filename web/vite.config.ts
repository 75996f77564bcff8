import { defineConfig, type Plugin } from 'vite';

const pages = ['index', 'delegate', 'podium', 'interpreter', 'captioner', 'hall', 'archive', 'technician', 'watch'];
const server = process.env['ROSTRUM'] ?? 'http://127.0.0.1:8080';

/** The signaling server answers `/delegate` with `delegate.html`; the development server does the same. */
function shortAddresses(): Plugin {
	return {
		name: 'short-addresses',
		configureServer({ middlewares }) {
			middlewares.use((request, _response, next) => {
				const path = /^\/(\w+)(?=\/?(?:$|\?))/.exec(request.url ?? '')?.[1];
				if (path !== undefined && pages.includes(path))
					request.url = request.url?.replace(new RegExp(`^/${path}/?`), `/${path}.html`);
				next();
			});
		},
	};
}

/** What the head of every page says alike. */
function head(): Plugin {
	const tag = (name: string, attrs: Record<string, string>) => ({ tag: name, attrs, injectTo: 'head-prepend' as const });
	return {
		name: 'head',
		transformIndexHtml: () => [
			tag('meta', { charset: 'utf-8' }),
			tag('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
			tag('meta', { name: 'referrer', content: 'no-referrer' }),
			tag('link', { rel: 'icon', href: 'data:,' }),
			{ tag: 'title', children: 'Rostrum', injectTo: 'head-prepend' },
		],
	};
}

export default defineConfig({
	plugins: [shortAddresses(), head()],
	build: {
		target: 'es2022',
		modulePreload: { polyfill: false },
		rollupOptions: { input: pages.map((page) => `${page}.html`) },
	},
	server: { proxy: { '/ws': { target: server, ws: true }, '/api': { target: server }, '/webcast': { target: server } } },
	// Beside a compiler a test has little of the machine: what it waits for may take long.
	test: { include: ['tests/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, expect: { poll: { timeout: 60_000 } } },
} as import('vitest/config').ViteUserConfig);
