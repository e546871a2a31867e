using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RaftAkka.Log;

/// <summary>
/// An open directory. All names are resolved in it, whatever becomes of its path: a directory that is renamed, or that
/// a volume is mounted over, stays the one that was opened. Nothing here opens anything but regular files, and nothing
/// waits for the other end of a named pipe.
/// </summary>
internal sealed class DirectoryHandle : IDisposable
{
    /// <summary>Files and directories that this program makes are their owner's alone.</summary>
    public const uint OwnFile = 0x180;        // 0600
    public const uint OwnDirectory = 0x1C0;   // 0700

    private const uint AnyDirectory = 0x1FF;   // 0777, less what the process's umask takes.
    private const int EntryTypeAt = 18;        // struct dirent: d_type, and then d_name.
    private const int EntryNameAt = 19;
    private const byte TypeUnknown = 0;
    private const byte TypeDirectory = 4;
    private const byte TypeRegular = 8;

    private readonly SafeFileHandle _handle;

    private DirectoryHandle(string location, SafeFileHandle handle) => (Location, _handle) = (location, handle);

    /// <summary>The path that it was opened by.</summary>
    public string Location { get; }

    /// <exception cref="DiskException">There is no such directory, or it cannot be opened.</exception>
    public static DirectoryHandle Open(string path)
    {
        var location = Path.GetFullPath(path);
        var flags = LibC.OpenReadOnly | LibC.OpenDirectoryOnly | LibC.OpenCloseOnExec;
        var descriptor = LibC.Retried(() => LibC.Open(location, flags, 0));
        return descriptor >= 0 ? new DirectoryHandle(location, Owned(descriptor)) : throw DiskErrors.Last("open", location);
    }

    /// <summary>
    /// Creates a directory, for its owner alone, where there is none; and what is missing above it, with the modes that
    /// the process's umask leaves. Their names are durable then.
    /// </summary>
    /// <returns>Whether it was created.</returns>
    public static bool Create(string path) => Create(Path.GetFullPath(path), OwnDirectory);

    /// <summary>Opens a directory in this one, and creates it, for its owner alone, where there is none.</summary>
    /// <param name="name">The directory, or a link to one.</param>
    /// <param name="isNew">Whether it was created.</param>
    public DirectoryHandle OpenOrCreateBelow(string name, out bool isNew)
    {
        var path = Path.Combine(Location, name);
        isNew = LibC.Retried(() => LibC.MakeDirectoryAt(_handle, name, OwnDirectory)) == 0;
        if (isNew) Sync();
        else if (Marshal.GetLastPInvokeError() != DiskErrors.Exists) throw DiskErrors.Last("create", path);

        var flags = LibC.OpenReadOnly | LibC.OpenDirectoryOnly | LibC.OpenCloseOnExec;
        var descriptor = LibC.Retried(() => LibC.OpenAt(_handle, name, flags, 0));
        return descriptor >= 0 ? new DirectoryHandle(path, Owned(descriptor)) : throw DiskErrors.Last("open", path);
    }

    /// <summary>The path of a file in here, for messages.</summary>
    public string PathOf(string name) => Path.Combine(Location, name);

    /// <summary>The names of all that is here but for directories, and links to directories, in ordinal order.</summary>
    public IReadOnlyList<string> Files() =>
        [.. Entries().Where(entry => !IsDirectory(entry)).Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    /// <summary>The names of all that is here, directories too, in ordinal order.</summary>
    public IReadOnlyList<string> Names() =>
        [.. Entries().Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    /// <summary>Whether there is a directory of this name, or a link to one.</summary>
    public bool HasDirectory(string name) => FileFacts.At(_handle, name, followsLinks: true) is { IsDirectory: true };

    /// <summary>Opens a regular file; a link to one is followed unless the flags forbid it.</summary>
    public SafeFileHandle OpenFile(string what, string name, int flags)
    {
        flags |= LibC.OpenCloseOnExec | LibC.OpenNonBlocking | LibC.OpenNoTerminal;
        var descriptor = LibC.Retried(() => LibC.OpenAt(_handle, name, flags, OwnFile));
        if (descriptor < 0) throw DiskErrors.Last(what, PathOf(name));

        var file = Owned(descriptor);
        try
        {
            var facts = FileFacts.Of(file) ?? throw DiskErrors.Last(what, PathOf(name));
            if (!facts.IsRegular) throw DiskErrors.NotAFile(what, PathOf(name), facts);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Gives a file another name, in place of what had it.</summary>
    public void Rename(string from, string to)
    {
        if (LibC.Retried(() => LibC.RenameAt(_handle, from, _handle, to)) != 0)
            throw DiskErrors.Last("rename", PathOf(from));
    }

    /// <summary>The same for a name that nothing has; where something has it, nothing changes.</summary>
    /// <returns>Whether the file got the name.</returns>
    public bool TryRenameNew(string from, string to)
    {
        // renameat(2) would replace what came into being a moment ago; linkat(2) does not.
        if (LibC.Retried(() => LibC.LinkAt(_handle, from, _handle, to, 0)) == 0)
        {
            Delete(from);
            return true;
        }

        if (Marshal.GetLastPInvokeError() == DiskErrors.Exists) return false;
        if (FileFacts.At(_handle, to, followsLinks: false) is not null) return false;
        Rename(from, to);   // This file system has no links.
        return true;
    }

    /// <summary>Deletes a file; nothing happens if there is none.</summary>
    public void Delete(string name)
    {
        if (LibC.Retried(() => LibC.UnlinkAt(_handle, name, 0)) != 0
            && Marshal.GetLastPInvokeError() != DiskErrors.NotFound)
            throw DiskErrors.Last("delete", PathOf(name));
    }

    /// <summary>Makes the names durable.</summary>
    public void Sync()
    {
        if (LibC.Retried(() => LibC.FSync(_handle)) != 0) throw DiskErrors.LastOfSync("fsync", Location);
    }

    /// <returns>Whether nobody else has a lock that forbids this one.</returns>
    public bool TryLock(int kind)
    {
        if (LibC.Retried(() => LibC.FLock(_handle, kind | LibC.LockNonBlocking)) == 0) return true;
        if (Marshal.GetLastPInvokeError() != DiskErrors.WouldBlock) throw DiskErrors.Last("lock", Location);
        return false;
    }

    /// <summary>Whether others than the owner may do anything here.</summary>
    public bool IsOpenToOthers => FileFacts.Of(_handle) is { IsOpenToOthers: true };

    /// <summary>Whether the path still leads to this directory.</summary>
    public bool IsAtItsPath =>
        FileFacts.Of(_handle) is { } own && FileFacts.At(Location) is { } found
        && (own.Device, own.Inode) == (found.Device, found.Inode);

    public void Dispose() => _handle.Dispose();

    private static bool Create(string path, uint mode)
    {
        if (LibC.Retried(() => LibC.MakeDirectory(path, mode)) == 0)
        {
            // A new directory's name lies in the one above it.
            using var above = Open(Path.GetDirectoryName(path)!);
            above.Sync();
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        if (error == DiskErrors.Exists) return false;   // Or something else has the name, which opening it will tell.
        if (error != DiskErrors.NotFound || Path.GetDirectoryName(path) is not { } parent)
            throw DiskErrors.Of("create", path, error);
        Create(parent, AnyDirectory);
        return Create(path, mode);
    }

    private List<(string Name, byte Type)> Entries()
    {
        // Each listing has an open file of its own: the place in the directory belongs to the open file.
        var flags = LibC.OpenReadOnly | LibC.OpenDirectoryOnly | LibC.OpenCloseOnExec;
        var descriptor = LibC.Retried(() => LibC.OpenAt(_handle, ".", flags, 0));
        if (descriptor < 0) throw DiskErrors.Last("list", Location);
        var stream = LibC.OpenDirectoryStream(descriptor);
        if (stream == 0)
        {
            var failure = DiskErrors.Last("list", Location);
            _ = LibC.Close(descriptor);
            throw failure;
        }

        try
        {
            return Entries(stream);
        }
        finally
        {
            _ = LibC.CloseDirectoryStream(stream);
        }
    }

    private List<(string Name, byte Type)> Entries(nint stream)
    {
        var entries = new List<(string, byte)>();
        while (LibC.ReadDirectory(stream) is var entry and not 0)
        {
            var name = Marshal.PtrToStringUTF8(entry + EntryNameAt)!;
            if (name is not ("." or "..")) entries.Add((name, Marshal.ReadByte(entry + EntryTypeAt)));
        }

        return Marshal.GetLastPInvokeError() == 0 ? entries : throw DiskErrors.Last("list", Location);
    }

    private bool IsDirectory((string Name, byte Type) entry) => entry.Type switch
    {
        TypeDirectory => true,
        TypeRegular => false,
        TypeUnknown or _ => HasDirectory(entry.Name),
    };

    private static SafeFileHandle Owned(int descriptor) => new(descriptor, ownsHandle: true);
}
