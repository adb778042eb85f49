import type { NextConfig } from 'next';

export default {
  turbopack: { root: import.meta.dirname }, // not the next folder above with a lock file
  experimental: { turbopackFileSystemCacheForBuild: false }, // CI builds once
} satisfies NextConfig;
