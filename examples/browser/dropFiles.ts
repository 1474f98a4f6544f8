/** Calls `use` with the files that are dropped anywhere on the page. */
export function dropFiles(use: (files: File[]) => void): void {
  for (const type of ['dragenter', 'dragover', 'dragleave', 'drop'])
    document.addEventListener(type, (event) => {
      event.preventDefault();
      document.body.classList.toggle('dropping', type === 'dragenter' || type === 'dragover');
    });
  document.addEventListener('drop', ({ dataTransfer }) => use([...(dataTransfer?.files ?? [])]));
}
