import { useQuery } from '@apollo/client/react';
import { type ChangeEvent, type ClipboardEvent, type DragEvent, type SyntheticEvent, useState } from 'react';
import { UploadRulesDocument, type UploadRulesQuery } from './generated.ts';
import { Clip } from './parts.tsx';

type Rules = NonNullable<UploadRulesQuery['uploadRules']>;

const units = [['MB', 1024 ** 2], ['KB', 1024]] as const;

export function sizeOf(bytes: number) {
  const [unit, size] = units.find(([, least]) => bytes >= least) ?? ['bytes', 1] as const;
  return `${Math.round(bytes / size)} ${unit}`;
}

// problemOf returns why a file would be rejected. Browsers know only the types of some files, so the extension is enough.
function problemOf({ name, size, type }: File, { mimeTypes, extensions, maxBytes, maxNameLength }: Rules) {
  const extension = /\.[^.]*$/.exec(name)?.[0].toLowerCase() ?? '';
  if (mimeTypes.length > 0 && !mimeTypes.includes(type) && !extensions.includes(extension)) {
    return 'files of this type are not accepted';
  }
  if (maxBytes && size > maxBytes) {
    return `the file has ${sizeOf(size)}, at most ${sizeOf(maxBytes)} are accepted`;
  }
  return maxNameLength && [...name].length > maxNameLength ? `the name is longer than ${maxNameLength} characters` : undefined;
}

// useAttachments returns the files to send. add checks files before they are sent; the gateway and mStudio check them again.
export function useAttachments() {
  const { data } = useQuery(UploadRulesDocument, { errorPolicy: 'all' });
  const rules = data?.uploadRules;
  const [files, setFiles] = useState<File[]>([]);
  const [problems, setProblems] = useState<{ message: string }[]>([]);
  const add = (list: FileList) => {
    const chosen = [...list].map((file) => ({ file, problem: rules && problemOf(file, rules) }));
    setProblems(chosen.filter(({ problem }) => problem).map(({ file, problem }) => ({ message: `${file.name}: ${problem}.` })));
    setFiles([...files, ...chosen.filter(({ problem }) => !problem).map(({ file }) => file)]);
  };
  // Handlers for files that are dropped on a form, or pasted into its text.
  const receive = (event: SyntheticEvent, { files: received }: DataTransfer) => {
    if (received.length > 0) {
      event.preventDefault();
      add(received);
    }
  };
  const targets = {
    onDragOver: (event: DragEvent) => event.preventDefault(),
    onDrop: (event: DragEvent) => receive(event, event.dataTransfer),
    onPaste: (event: ClipboardEvent) => receive(event, event.clipboardData),
  };
  return { files, setFiles, add, problems, targets, rules };
}

export function Attachments({ files, setFiles }: { files: File[]; setFiles: (files: File[]) => void }) {
  return files.length > 0 && (
    <ul aria-label="Attachments">
      {files.map((file, at) => (
        <li key={at}>
          {file.name} <small>{sizeOf(file.size)}</small>
          <button type="button" aria-label={`Remove ${file.name}`} onClick={() => setFiles(files.toSpliced(at, 1))}>×</button>
        </li>
      ))}
    </ul>
  );
}

// Chooser adds files to the selection. It clears its input each time, so that the same file can be chosen again.
export function Chooser({ add, rules }: { add: (files: FileList) => void; rules: Rules | null | undefined }) {
  const changed = ({ target }: ChangeEvent<HTMLInputElement>) => {
    add(target.files!);
    target.value = '';
  };
  return (
    <label className="attach" title={rules?.maxBytes ? `At most ${sizeOf(rules.maxBytes)} each` : undefined}>
      <Clip />Attach files
      <input type="file" multiple accept={rules ? [...rules.mimeTypes, ...rules.extensions].join(',') : undefined} onChange={changed} />
    </label>
  );
}
