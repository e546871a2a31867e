using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

// Beside FileDisk, the other place that touches files; it changes none.
#pragma warning disable RS0030

namespace RaftAkka.Log;

/// <summary>
/// A directory that is looked at and stays as it is. What would change something is counted as done, and not done:
/// so a recovery runs over it, and says what it would find and do. The files may be this user's to read alone.
/// </summary>
internal sealed class ReadOnlyDisk : IDisk
{
    private readonly SafeFileHandle _directory;

    private ReadOnlyDisk(string location, SafeFileHandle directory) => (Location, _directory) = (location, directory);

    /// <inheritdoc/>
    public string Location { get; }

    /// <summary>
    /// Opens a directory beside other readers. As long as it is open, no node opens it; where a node has it open,
    /// this fails with <see cref="DiskFailure.Locked"/>: what somebody writes meanwhile cannot be judged.
    /// </summary>
    /// <exception cref="DiskException">It is in use, missing, or cannot be read.</exception>
    public static ReadOnlyDisk At(string directory)
    {
        var disk = Unlocked(directory);
        if (FileDisk.Retried(() => LibC.FLock(disk._directory, LibC.LockShared | LibC.LockNonBlocking)) == 0)
            return disk;

        var failure = Marshal.GetLastPInvokeError() == LibC.WouldBlock
            ? new DiskException($"The directory {disk.Location} is in use by a running node.", DiskFailure.Locked)
            : FileDisk.Failed("lock", disk.Location);
        disk.Dispose();
        throw failure;
    }

    /// <summary>The same for a directory that is no node's, and may be in any use.</summary>
    public static ReadOnlyDisk Unlocked(string directory)
    {
        var location = Path.GetFullPath(directory);
        return new ReadOnlyDisk(location, FileDisk.OpenDirectory(location));
    }

    /// <summary>Whether there is such a directory.</summary>
    public static bool Exists(string directory) => Directory.Exists(directory);

    /// <summary>The names of everything in a directory, directories too; none where there is no directory.</summary>
    public static IReadOnlyList<string> NamesIn(string directory) => !Directory.Exists(directory)
        ? []
        : FileDisk.Try("list", directory, () => Directory.EnumerateFileSystemEntries(directory)
            .Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToList());

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => FileDisk.Try("list", Location, () =>
        Directory.EnumerateFiles(Location)
            .Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal)
            .ToList());

    /// <inheritdoc/>
    public IDiskFile Open(string name)
    {
        var path = Path.Combine(Location, name);

        // Without FileShare.ReadWrite .NET would lock the file.
        return new ReadOnlyFile(path, FileDisk.Try("open", path, () =>
            File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite)));
    }

    /// <inheritdoc/>
    public IDiskFile Create(string name) =>
        throw new DiskException($"create {name}: {Location} is only read", DiskFailure.Broken);

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

    private sealed class ReadOnlyFile(string path, SafeFileHandle handle) : IDiskFile
    {
        public long Length => FileDisk.Try("measure", path, () => RandomAccess.GetLength(handle));

        public void Allocate(long length)
        {
        }

        public int Read(long offset, Span<byte> buffer)
        {
            try
            {
                var total = 0;
                while (total < buffer.Length)
                {
                    var count = RandomAccess.Read(handle, buffer[total..], offset + total);
                    if (count == 0) break;
                    total += count;
                }

                return total;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw FileDisk.Failed($"read {buffer.Length} bytes at byte {offset} of", path, e.Message, false, e);
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
        }

        public void Sync()
        {
        }

        public void Dispose() => handle.Dispose();
    }
}
