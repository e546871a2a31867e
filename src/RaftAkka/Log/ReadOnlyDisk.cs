namespace RaftAkka.Log;

/// <summary>
/// A directory that is looked at and stays as it is. What would change something is counted as done, and not done:
/// so a recovery runs over it, and says what it would find and do. The files may be this user's to read alone.
/// </summary>
internal sealed class ReadOnlyDisk : IDisk
{
    private readonly DirectoryHandle _directory;

    private ReadOnlyDisk(DirectoryHandle directory) => _directory = directory;

    /// <inheritdoc/>
    public string Location => _directory.Location;

    /// <summary>
    /// Opens a directory beside other readers. As long as it is open, no node opens it; where a node has it open,
    /// this fails with <see cref="DiskFailure.Locked"/>: what somebody writes meanwhile cannot be judged.
    /// </summary>
    /// <exception cref="DiskException">It is in use, missing, or cannot be read.</exception>
    public static ReadOnlyDisk At(string directory)
    {
        var opened = DirectoryHandle.Open(directory);
        try
        {
            if (opened.TryLock(LibC.LockShared)) return new ReadOnlyDisk(opened);
            throw new DiskException($"The directory {opened.Location} is in use by a running node.", DiskFailure.Locked);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>The same for a directory that is no node's, and may be in any use.</summary>
    public static ReadOnlyDisk Unlocked(string directory) => new(DirectoryHandle.Open(directory));

    /// <summary>Whether there is a directory in this one.</summary>
    public bool HasDirectory(string name) => _directory.HasDirectory(name);

    /// <summary>The names of everything in a directory, directories too; none where there is no directory.</summary>
    public static IReadOnlyList<string> NamesIn(string directory)
    {
        try
        {
            using var opened = DirectoryHandle.Open(directory);
            return opened.Names();
        }
        catch (DiskException e) when (e.Failure == DiskFailure.NotFound)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => _directory.Files();

    /// <inheritdoc/>
    public IDiskFile Open(string name) => new ReadOnlyFile(
        new OpenFile(_directory.PathOf(name), _directory.OpenFile("open", name, LibC.OpenReadOnly)));

    /// <inheritdoc/>
    public IDiskFile Create(string name) =>
        throw new DiskException($"create {name}: {Location} is only read", DiskFailure.Refused);

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
    }

    /// <inheritdoc/>
    public void Delete(string name)
    {
    }

    /// <inheritdoc/>
    public void SyncDirectory()
    {
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private sealed class ReadOnlyFile(OpenFile file) : IDiskFile
    {
        public long Length => file.Length;

        public void Allocate(long length)
        {
        }

        public int Read(long offset, Span<byte> buffer) => file.Read(offset, buffer);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
        }

        public void Sync()
        {
        }

        public void Dispose() => file.Dispose();
    }
}
