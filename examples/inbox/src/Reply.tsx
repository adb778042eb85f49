import { useMutation } from '@apollo/client/react';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { Attachments, Chooser, useAttachments } from './attachments.tsx';
import { SendDocument } from './generated.ts';
import { Problem, type UserError, useKey } from './parts.tsx';

// The texts that are not sent yet, by conversation, so that another ticket can be opened in between.
const drafts = new Map<string, string>();

export function Reply({ id, isClosed }: { id: string; isClosed: boolean }) {
  const [content, setContent] = useState(drafts.get(id) ?? '');
  const { files, setFiles, add, problems, targets, rules } = useAttachments();
  const [send, { loading, error, data }] = useMutation(SendDocument, {
    errorPolicy: 'all', // Problem shows the errors
    refetchQueries: ({ data: sent }) => (sent?.sendMessage ? [] : ['Ticket']), // the message may have been sent
  });
  const change = (text: string) => {
    drafts.set(id, text);
    setContent(text);
  };
  const key = useKey();
  const isEmpty = !content.trim() && files.length === 0;
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (loading || isEmpty) {
      return;
    }
    const { data: sent } = await send({ variables: { id, content: content.trim() ? content : null, files, key: key.of(content, ...files) } });
    if (sent?.sendMessage?.userErrors.length === 0) {
      change('');
      setFiles([]);
      key.renew();
    }
  };
  return (
    <form onSubmit={submit} {...targets}>
      <label htmlFor="answer">Your answer</label>
      <textarea id="answer" aria-keyshortcuts="r" rows={3} maxLength={8000} value={content} onChange={(event) => change(event.target.value)}
        onKeyDown={submitOnCtrlEnter} placeholder={isClosed ? 'An answer opens this conversation again.' : ''} />
      <Attachments files={files} setFiles={setFiles} />
      <Problem userErrors={problems} />
      <Problem isWrite hasKey error={error} userErrors={data?.sendMessage?.userErrors.map((wrong) => aboutFile(wrong, files))} />
      <p className="line">
        <Chooser add={add} rules={rules} />
        <button type="submit" disabled={loading || isEmpty} title="Ctrl-Enter">{loading ? 'Sending …' : 'Send'}</button>
      </p>
    </form>
  );
}

export function submitOnCtrlEnter(event: KeyboardEvent<HTMLTextAreaElement>) {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.currentTarget.form?.requestSubmit();
  }
}

// aboutFile adds the file's name to a user error about a file, whose field is for example ["input", "files", "1"].
function aboutFile({ field, message }: UserError, files: File[]) {
  const file = field?.[1] === 'files' && files[Number(field[2])];
  return { message: file ? `${file.name}: ${message}` : message };
}
