import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { SEND } from './operations.js';
import { Clip, Problem } from './parts.jsx';

// The texts that are not sent yet, by conversation, so that another ticket can be opened in between.
const drafts = new Map();

export function Reply({ id, isClosed }) {
  const [content, setContent] = useState(drafts.get(id) ?? '');
  const [files, setFiles] = useState([]);
  const [send, { loading, error, data }] = useMutation(SEND, {
    errorPolicy: 'all', // Problem shows the errors
    refetchQueries: ({ data: sent }) => (sent?.sendMessage ? [] : ['Ticket']), // the message may have been sent
  });
  const change = (text) => {
    drafts.set(id, text);
    setContent(text);
  };
  const isEmpty = !content.trim() && files.length === 0;
  const submit = async (event) => {
    event.preventDefault();
    if (loading || isEmpty) {
      return;
    }
    const { data: sent } = await send({ variables: { id, content: content.trim() ? content : null, files } });
    if (sent?.sendMessage?.userErrors.length === 0) {
      change('');
      setFiles([]);
    }
  };
  return (
    <form onSubmit={submit}>
      <label htmlFor="answer">Your answer</label>
      <textarea id="answer" aria-keyshortcuts="r" rows={3} maxLength={8000} value={content} onChange={(event) => change(event.target.value)}
        onKeyDown={submitOnCtrlEnter} placeholder={isClosed ? 'An answer opens this conversation again.' : ''} />
      <Attachments files={files} setFiles={setFiles} />
      <Problem isWrite error={error} userErrors={data?.sendMessage?.userErrors.map((wrong) => aboutFile(wrong, files))} />
      <p className="line">
        <Chooser add={(chosen) => setFiles([...files, ...chosen])} />
        <button type="submit" disabled={loading || isEmpty} title="Ctrl-Enter">{loading ? 'Sending …' : 'Send'}</button>
      </p>
    </form>
  );
}

export function submitOnCtrlEnter(event) {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.currentTarget.form.requestSubmit();
  }
}

// aboutFile adds the file's name to a user error about a file, whose field is for example ["input", "files", "1"].
function aboutFile({ field, message }, files) {
  const file = field?.[1] === 'files' && files[field[2]];
  return { message: file ? `${file.name}: ${message}` : message };
}

function Attachments({ files, setFiles }) {
  return files.length > 0 && (
    <ul aria-label="Attachments">
      {files.map((file, at) => (
        <li key={at}>{file.name} <button type="button" aria-label={`Remove ${file.name}`} onClick={() => setFiles(files.toSpliced(at, 1))}>×</button></li>
      ))}
    </ul>
  );
}

// Chooser adds files to the selection. It clears its input each time, so that the same file can be chosen again.
function Chooser({ add }) {
  const changed = ({ target }) => {
    add(target.files);
    target.value = '';
  };
  return <label className="attach"><Clip />Attach files<input type="file" multiple onChange={changed} /></label>;
}
