using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RaftAkka.Log;

/// <summary>
/// A directory of a Linux file system. While it is open no other <see cref="FileDisk"/>, in this process or
/// another on this machine, opens the same directory: the lock is on the directory itself, and the kernel
/// drops it when the process ends, however it ends. Names are resolved in the open directory, never by its path.
/// Directories that it makes have mode 0700, files 0600, whatever the umask.
/// </summary>
internal sealed class FileDisk : IDisk
{
    private readonly DirectoryHandle _directory;
    private readonly bool _isShared;   // A person's directory: names are any, and strangers may place links there.
    private readonly GradualDeletion _deletion = new();

    // Their names are gone, and may come back with a crash until the directory is synced: then they have to be whole.
    private readonly List<SafeFileHandle> _unlinked = [];

    private readonly bool _isOpenToOthers;

    private FileDisk(DirectoryHandle directory, bool isNew, bool isShared = false)
    {
        (_directory, _isShared) = (directory, isShared);
        _isOpenToOthers = !isShared && !isNew && directory.IsOpenToOthers;
    }

    /// <inheritdoc/>
    public string Location => _directory.Location;

    /// <inheritdoc/>
    public string? Concern =>
        !_directory.IsAtItsPath
            ? $"{Location} is not the directory any more that this server opened: it was moved or deleted, or another one "
                + "is mounted in its place. The server goes on in the one that it opened. Stop the server, put its "
                + "directory back to this path, and start it again; what is at this path now is not its data"
        : _isOpenToOthers
            ? $"the directory {Location} is open to others than its owner, and this server's data is in it. "
                + $"The server leaves the mode as it is. Unless it is meant, correct it: chmod 700 '{Location}'"
        : null;

    /// <summary>
    /// Opens a directory for this process alone, and creates it, readable by its owner only, if it is
    /// missing.
    /// </summary>
    /// <exception cref="DiskException">It is in use, or cannot be opened.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not a 64-bit Linux.</exception>
    public static FileDisk At(string directory)
    {
        RefuseOtherSystems();
        var isNew = DirectoryHandle.Create(directory);
        return Locked(DirectoryHandle.Open(directory), isNew);
    }

    /// <summary>
    /// The same for a directory in a data directory, which is created too if it is missing. It may be a link to a
    /// directory elsewhere.
    /// </summary>
    public static FileDisk Below(string directory, string name)
    {
        RefuseOtherSystems();
        DirectoryHandle.Create(directory);
        using var above = DirectoryHandle.Open(directory);
        return Locked(above.OpenOrCreateBelow(name, out var isNew), isNew);
    }

    /// <summary>
    /// Opens the directory of a file, which is a person's: it has to exist, others may use it, and names are any.
    /// </summary>
    public static FileDisk Beside(string file)
    {
        var location = Path.GetDirectoryName(Path.GetFullPath(file))
            ?? throw new ArgumentException($"'{file}' is no file name", nameof(file));
        return new FileDisk(DirectoryHandle.Open(location), isNew: false, isShared: true);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => _directory.Files();

    /// <inheritdoc/>
    public IDiskFile Open(string name) =>
        new OpenFile(_directory.PathOf(name), _directory.OpenFile("open", Valid(name), LibC.OpenReadWrite | FollowNever));

    /// <inheritdoc/>
    public IDiskFile Create(string name)
    {
        // In a shared directory the file has to be new: what has its name already is somebody else's.
        var flags = LibC.OpenReadWrite | LibC.OpenCreate | LibC.OpenNoFollow
            | (_isShared ? LibC.OpenExclusive : LibC.OpenTruncate);
        var file = _directory.OpenFile("create", Valid(name), flags);
        try
        {
            // One that was there may have another mode.
            if (LibC.ChangeMode(file, DirectoryHandle.OwnFile) != 0) throw DiskErrors.Last("chmod", _directory.PathOf(name));
            if (_isShared) _ = LibC.FLock(file, LibC.LockExclusive | LibC.LockNonBlocking);   // See DeleteAbandoned.
            return new OpenFile(_directory.PathOf(name), file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Rename(string from, string to) => _directory.Rename(Valid(from), Valid(to));

    /// <inheritdoc/>
    public bool TryRenameNew(string from, string to) => _directory.TryRenameNew(Valid(from), Valid(to));

    /// <inheritdoc/>
    public void Delete(string name) => _directory.Delete(Valid(name));

    /// <inheritdoc/>
    public void DeleteWithoutHurry(string name)
    {
        var file = TryOpenToDelete(Valid(name));
        try
        {
            _directory.Delete(name);
        }
        catch
        {
            file?.Dispose();
            throw;
        }

        if (file is not null) _unlinked.Add(file);   // It keeps its space until it is closed.
    }

    /// <inheritdoc/>
    public void DeleteAbandoned(string prefix)
    {
        foreach (var name in List().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            using var file = TryOpenToDelete(name);
            if (file is not null && LibC.FLock(file, LibC.LockExclusive | LibC.LockNonBlocking) == 0) Delete(name);
        }
    }

    /// <inheritdoc/>
    public void SyncDirectory()
    {
        _directory.Sync();
        foreach (var file in _unlinked) _deletion.Add(file);
        _unlinked.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _unlinked) file.Dispose();
        _unlinked.Clear();
        _deletion.Dispose();
        _directory.Dispose();
    }

    // The owner of a data directory may keep files of it elsewhere, by links; in a shared directory a link is a trap.
    private int FollowNever => _isShared ? LibC.OpenNoFollow : 0;

    private SafeFileHandle? TryOpenToDelete(string name)
    {
        try
        {
            return _directory.OpenFile("open", name, LibC.OpenWriteOnly | LibC.OpenNoFollow);
        }
        catch (DiskException)
        {
            return null;   // There is none, or no more files can be opened: then its space goes with its name.
        }
    }

    private static void RefuseOtherSystems()
    {
        if (OperatingSystem.IsLinux() && Environment.Is64BitProcess) return;
        throw new PlatformNotSupportedException(
            $"The log cannot be kept on {RuntimeInformation.OSDescription} ({RuntimeInformation.ProcessArchitecture}): "
            + "that a write is on the disk is only proven on 64-bit Linux. "
            + "Run the node on Linux, in a container for example.");
    }

    private static FileDisk Locked(DirectoryHandle directory, bool isNew)
    {
        try
        {
            if (directory.TryLock(LibC.LockExclusive)) return new FileDisk(directory, isNew);
            throw new DiskException(
                $"The directory {directory.Location} is in use by another node. Two nodes that write one log would destroy "
                + "it, so this one does not start. Stop the other node, or give each its own directory.",
                DiskFailure.Locked);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    private string Valid(string name)
    {
        if (_isShared) return Path.GetFileName(name);
        var isValid = name.Length is > 0 and <= 64 && name[0] != '.'
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
        return isValid ? name : throw new ArgumentException($"'{name}' is no file name", nameof(name));
    }
}
