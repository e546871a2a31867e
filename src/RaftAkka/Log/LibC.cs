using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RaftAkka.Log;

/// <summary>
/// The system calls that .NET does not offer, or offers without their errors: <c>RandomAccess.FlushToDisk</c>
/// and
/// <c>FileStream.Flush(true)</c> return normally when fsync fails.
/// </summary>
internal static partial class LibC
{
    public const int OpenReadOnly = 0;
    public const int OpenCloseOnExec = 0x80000;
    public const int LockShared = 1;
    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;

    public const int Interrupted = 4;
    public const int WouldBlock = 11;
    public const int Exists = 17;
    public const int NoSpaceLeft = 28;
    public const int NoSuchCall = 38;
    public const int NotSupported = 95;
    public const int QuotaExceeded = 122;

    [LibraryImport(
        "libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int FLock(SafeFileHandle file, int operation);

    [LibraryImport(
        "libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Link(string existing, string name);

    // struct statx, the same on every architecture: 256 bytes, the number of names (u32) at 16.
    public const int StatXBytes = 256;
    public const int StatXLinksAt = 16;
    public const int StatXOfHandle = 0x1000;   // AT_EMPTY_PATH
    public const uint StatXLinks = 0x4;        // STATX_NLINK

    [LibraryImport(
        "libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int StatX(SafeFileHandle directory, string path, int flags, uint mask, Span<byte> facts);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int FAllocate(SafeFileHandle file, int mode, long offset, long length);
}
