import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The page and the gateway have one origin, so that no CORS is needed. Elsewhere, name the page's origin to the gateway:
// --cors-origin https://portal.example.com
const gateway = process.env.GATEWAY ?? 'http://127.0.0.1:8080';
const proxy = { '/graphql': gateway, '/files': gateway };

export default defineConfig({ plugins: [react()], server: { proxy }, preview: { proxy } });
