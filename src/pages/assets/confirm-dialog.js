import { byId } from './dom.js';

const dialog = byId('confirm-dialog', HTMLDialogElement);
const yes = byId('confirm-yes', HTMLButtonElement);

/** The buttons of the dialog that asks before data is deleted. */
export function wireConfirm() {
  yes.addEventListener('click', () => dialog.close('yes'));
  byId('confirm-no', HTMLButtonElement).addEventListener('click', () => dialog.close(''));
}

/**
 * @param {{ title: string, detail: string, action: string }} question `action` = what the button that does it says
 */
export async function isConfirmed({ title, detail, action }) {
  byId('confirm-title', HTMLHeadingElement).textContent = title;
  byId('confirm-detail', HTMLParagraphElement).textContent = detail;
  yes.textContent = action;
  dialog.returnValue = '';
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
  return dialog.returnValue === 'yes';
}
