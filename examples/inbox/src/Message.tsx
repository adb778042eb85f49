import { useMutation } from '@apollo/client/react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { EditDocument, type EditMutationVariables, type ItemFragment } from './generated.ts';
import { Clip, Problem, Time, valuesOf } from './parts.tsx';

type Text = Extract<ItemFragment, { __typename: 'TextMessage' }>;

// Message shows one item of a history. The default case is for kinds that mStudio adds later.
export function Message({ message, conversation }: { message: ItemFragment; conversation: string }) {
  switch (message.__typename) {
    case 'TextMessage':
      return <TextMessage {...message} conversation={conversation} />;
    case 'StatusUpdate':
      return <Note at={message.createdAt}>{words(message.code)}{message.user && ` · ${message.user.name}`}</Note>;
    case 'ServiceRequest':
      return <Note at={message.createdAt}>Request: {words(message.kind === 'UNKNOWN' ? message.rawKind : message.kind)}</Note>;
    default:
      return <Note at={message.createdAt}>This item cannot be shown yet</Note>;
  }
}

const words = (code: string) => code.toLowerCase().replaceAll('_', ' ');

const Note = ({ at, children }: { at: string; children: ReactNode }) => <li className="note">{children} · <Time at={at} /></li>;

// content is untrusted. contentHtml is safe to insert, because the gateway renders the text itself and keeps no HTML of it.
function TextMessage({ id, content, contentHtml, createdBy, createdAt, files, viewerCanEdit, conversation }: Text & { conversation: string }) {
  const [isEdited, edit] = useState(false);
  return (
    <li className={createdBy?.isEmployee ? 'message support' : 'message'}>
      <p className="line"><strong>{createdBy?.name ?? 'Unknown author'}</strong>{createdBy?.isEmployee && <span className="badge">mittwald</span>}<Time at={createdAt} />
        {viewerCanEdit && !isEdited && <button type="button" className="plain" onClick={() => edit(true)}>Edit</button>}
      </p>
      {isEdited ? <Edit variables={{ conversation, id }} content={content ?? ''} done={() => edit(false)} /> : contentHtml && <div className="content" dangerouslySetInnerHTML={{ __html: contentHtml }} />}
      {files.map((file) => <File key={file.id} file={file} />)}
    </li>
  );
}

type EditProps = { variables: Omit<EditMutationVariables, 'content'>; content: string; done: () => void };

function Edit({ variables, content, done }: EditProps) {
  const [change, { loading, error, data }] = useMutation(EditDocument, { errorPolicy: 'all' });
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const { data: changed } = await change({ variables: { ...variables, ...valuesOf<'content'>(event.currentTarget) } });
    if (changed?.editMessage?.userErrors.length === 0) {
      done();
    }
  };
  return (
    <form onSubmit={submit}>
      <textarea name="content" aria-label="Edited message" required rows={4} maxLength={8000} defaultValue={content} autoFocus />
      <Problem isWrite error={error} userErrors={data?.editMessage?.userErrors} />
      <p className="line"><button type="button" onClick={done}>Cancel</button><button type="submit" disabled={loading}>Save</button></p>
    </form>
  );
}

function File({ file }: { file: Text['files'][number] }) {
  const { name, mimeType, download } = file.__typename === 'UploadedFile' ? file : { name: 'A file' };
  if (!download) {
    return <p className="file"><Clip />{name} (not available)</p>;
  }
  return (
    <p className="file">
      <a href={download.url}><Clip />{name}</a>
      {/^image\/(png|jpeg|gif|webp)$/.test(mimeType ?? '') && <img src={download.url} alt={name} loading="lazy" />}
    </p>
  );
}
