import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect } from 'react';

// maxLength is the maximum length of the fragment of a link, in characters. Programs that people paste links into cut longer
// ones.
const maxLength = 16_000;

// linkOf returns a link to an operation, or a problem. The fragment of a URL is not sent to servers. tokens are the tokens that
// must not be in it.
export function linkOf({ query, variables }, tokens) {
  const link = new URL(location.href);
  link.hash = new URLSearchParams({ query: query ?? '', variables: variables ?? '' });
  if (tokens.some((token) => query?.includes(token) || variables?.includes(token))) {
    return { problem: 'Not copied: the operation contains your token.' };
  }
  return link.hash.length > maxLength ? { problem: 'Not copied: the operation is too long for a link.' } : { link: link.href };
}

// copy reports whether a text is in the clipboard. Only pages with TLS, or on localhost, may write to the clipboard.
export const copy = (text) => navigator.clipboard?.writeText(text).then(() => true, () => false) ?? false;

// useLink opens the operation in the URL's fragment in a new tab, without running it. It removes the fragment, so that a reload
// does not open it again.
export function useLink(report) {
  const { addTab } = useGraphiQLActions();
  const { queryEditor, variableEditor, headerEditor, responseEditor } = useGraphiQL(
    ({ queryEditor, variableEditor, headerEditor, responseEditor }) => ({ queryEditor, variableEditor, headerEditor, responseEditor }),
  );
  const isReady = Boolean(queryEditor && variableEditor && headerEditor && responseEditor);
  useEffect(() => {
    const open = () => {
      const { hash, pathname, search } = location;
      const linked = new URLSearchParams(hash.slice(1, maxLength));
      if (!linked.has('query')) {
        return;
      }
      history.replaceState(null, '', pathname + search);
      if (hash.length > maxLength) {
        report('The link is too long.');
        return;
      }
      addTab();
      queryEditor.setValue(linked.get('query'));
      variableEditor.setValue(linked.get('variables') ?? '');
      report('Opened from a link. Read the operation before you run it.');
    };
    if (isReady) {
      open();
      addEventListener('hashchange', open);
    }
    return () => removeEventListener('hashchange', open);
  }, [isReady]);
}
