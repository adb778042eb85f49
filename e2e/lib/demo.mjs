// What every sandbox starts with. It is written down here once more, so that a change of the demo data is noticed.

export const agency = 'sandbox-agency';
export const bakery = 'sandbox-bakery';
export const freelancer = 'sandbox-freelancer';

// How many conversations each token sees.
export const conversationCounts = { [agency]: 500, [bakery]: 24, [freelancer]: 5 };
export const tokens = Object.keys(conversationCounts);

// The conversation that is deliberately ahead of the documented API. Only the agency sees it.
export const futureConversation = 'f0700e00-2027-4e27-9a11-5afe00000001';

// An id that nothing has.
export const nowhere = '00000000-0000-4000-8000-000000000000';
