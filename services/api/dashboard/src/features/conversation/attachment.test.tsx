import { fireEvent, render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Attachment, mayBePicture, sizeText } from './attachment';

const file = { id: 'm-0', url: 'https://media.example/x', content_type: null, bytes: null };

describe('a file of a message', () => {
  it('comes through our own address, never from where it is kept', () => {
    render(<Attachment file={file} who="They" />);
    expect(screen.getByRole('img')).toHaveAttribute('src', '/api/v1/media/m-0');
    expect(screen.getByRole('link')).toHaveAttribute('href', '/api/v1/media/m-0');
  });

  it('becomes a link when it is no picture after all', () => {
    render(<Attachment file={file} who="They" />);
    fireEvent.error(screen.getByRole('img'));
    expect(screen.queryByRole('img')).toBeNull();
    expect(screen.getByRole('link', { name: 'Open the file' })).toHaveAttribute('href', '/api/v1/media/m-0');
  });

  it('shows its kind and size when it is known to be something else', () => {
    render(<Attachment file={{ ...file, content_type: 'application/pdf', bytes: 340_123 }} who="They" />);
    expect(screen.getByRole('link')).toHaveTextContent('application/pdf340 kB');
  });

  it('is tried as a picture while nobody knows', () => {
    expect(mayBePicture(file)).toBe(true);
    expect(mayBePicture({ ...file, content_type: 'image/png' })).toBe(true);
    expect(mayBePicture({ ...file, content_type: 'video/mp4' })).toBe(false);
  });

  it('has a size that people can read', () => {
    expect([sizeText(999), sizeText(1500), sizeText(2_340_000)]).toEqual(['999 B', '2 kB', '2.3 MB']);
  });
});
