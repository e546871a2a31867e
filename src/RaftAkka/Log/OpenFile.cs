using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RaftAkka.Log;

/// <summary>An open regular file. Its errors name it by the path that it was opened by.</summary>
internal sealed class OpenFile(string path, SafeFileHandle handle) : IDiskFile
{
    private static readonly byte[] Zeros = new byte[64 * 1024];

    public SafeFileHandle Handle => handle;

    public long Length => (FileFacts.Of(handle) ?? throw DiskErrors.Last("measure", path)).Bytes;

    public void Allocate(long length)
    {
        var current = Length;
        if (length <= current) return;
        if (LibC.Retried(() => LibC.FAllocate(handle, 0, 0, length)) == 0) return;
        if (LastError is not (DiskErrors.NotSupported or DiskErrors.NoSuchCall)) throw DiskErrors.Last("allocate", path);

        // This file system reserves nothing ahead; written zeros take the space as well.
        for (var offset = current; offset < length; offset += Zeros.Length)
            Write(offset, Zeros.AsSpan(0, (int)Math.Min(Zeros.Length, length - offset)));
    }

    public int Read(long offset, Span<byte> buffer)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var count = (int)LibC.Read(handle, buffer[total..], buffer.Length - total, offset + total);
            if (count == 0) break;
            if (count > 0) total += count;
            else if (LastError != DiskErrors.Interrupted)
                throw DiskErrors.Last($"read {buffer.Length} bytes at byte {offset} of", path);
        }

        return total;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        var total = 0;
        while (total < bytes.Length)
        {
            var count = (int)LibC.Write(handle, bytes[total..], bytes.Length - total, offset + total);
            if (count >= 0) total += count;
            else if (LastError != DiskErrors.Interrupted)
                throw DiskErrors.Last($"write {bytes.Length} bytes at byte {offset} of", path);
        }
    }

    public void Sync()
    {
        if (LibC.Retried(() => LibC.FDataSync(handle)) != 0) throw DiskErrors.LastOfSync("fdatasync", path);
    }

    public void Dispose() => handle.Dispose();

    private static int LastError => Marshal.GetLastPInvokeError();
}
