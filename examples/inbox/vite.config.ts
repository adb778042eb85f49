import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The page and the gateway share one origin, so CORS is not needed. Otherwise start the gateway with
// --cors-origin https://portal.example.com
const gateway = process.env.GATEWAY ?? 'http://127.0.0.1:8080';
const target = { target: gateway, changeOrigin: false }; // links to files have the page's origin
const proxy = { '/graphql': { ...target, ws: true }, '/files': target };

export default defineConfig({ plugins: [react()], server: { proxy }, preview: { proxy } });
