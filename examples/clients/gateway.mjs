// Where the gateway is, and the user's own mStudio API token; this one is for everybody, on the sandbox.
export const url = `${process.env.GATEWAY ?? 'http://127.0.0.1:8080'}/graphql`;
export const headers = { Authorization: `Bearer ${process.env.TOKEN ?? 'sandbox-agency'}` };

// Which types are members of which union or interface: examples/inbox/possible-types.mjs asks the gateway for it.
export { default as possibleTypes } from '../inbox/src/possible-types.json' with { type: 'json' };
