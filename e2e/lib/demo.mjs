// The demo data of the sandbox, repeated here so that tests detect changes.

export const agency = 'sandbox-agency';
export const bakery = 'sandbox-bakery';
export const freelancer = 'sandbox-freelancer';

// Conversations per token.
export const conversationCounts = { [agency]: 500, [bakery]: 24, [freelancer]: 5 };
export const tokens = Object.keys(conversationCounts);

// A conversation with values that the API document does not have. Only the agency may access it.
export const futureConversation = 'f0700e00-2027-4e27-9a11-5afe00000001';

// An ID that no object has.
export const nowhere = '00000000-0000-4000-8000-000000000000';
