namespace RaftAkka.Log;

/// <summary>
/// One directory of files: the only door to a disk. Nothing written is durable before
/// <see cref="IDiskFile.Sync"/>, and no file's name (created, renamed or deleted) before
/// <see cref="SyncDirectory"/>. Every method throws
/// <see cref="DiskException"/> where the disk refuses.
/// </summary>
internal interface IDisk : IDisposable
{
    /// <summary>Where this is, for messages to people.</summary>
    string Location { get; }

    /// <summary>
    /// What an operator should know of this directory; null where there is nothing. It may change: the directory may
    /// have been moved since it was opened.
    /// </summary>
    string? Concern => null;

    /// <summary>The names of all that is here, but for directories, in ordinal order.</summary>
    IReadOnlyList<string> List();

    /// <summary>Opens an existing file for reading and writing.</summary>
    IDiskFile Open(string name);

    /// <summary>Creates an empty file, or empties the one of that name.</summary>
    IDiskFile Create(string name);

    /// <summary>Gives a file another name, in place of the file that had it.</summary>
    void Rename(string from, string to);

    /// <summary>Gives a file a name that no file may have; where one has it, nothing changes.</summary>
    /// <returns>Whether it got the name.</returns>
    bool TryRenameNew(string from, string to)
    {
        if (List().Contains(to)) return false;
        Rename(from, to);
        return true;
    }

    /// <summary>Deletes a file; nothing happens if there is none.</summary>
    void Delete(string name);

    /// <summary>
    /// The same where nobody waits for the space: the name goes at once, the space some time after the next
    /// <see cref="SyncDirectory"/>.
    /// </summary>
    void DeleteWithoutHurry(string name) => Delete(name);

    /// <summary>
    /// Deletes the files whose names begin like this and that no process writes any more: those of processes that
    /// were killed.
    /// </summary>
    void DeleteAbandoned(string prefix)
    {
    }

    /// <summary>Makes the directory's names durable.</summary>
    void SyncDirectory();
}

/// <summary>An open file of an <see cref="IDisk"/>.</summary>
internal interface IDiskFile : IDisposable
{
    /// <summary>Its length in bytes.</summary>
    long Length { get; }

    /// <summary>
    /// Reserves space so that the file is <paramref name="length"/> bytes long; new bytes are zero.
    /// </summary>
    void Allocate(long length);

    /// <summary>Reads up to the buffer's length.</summary>
    /// <returns>How many bytes were read; fewer than asked for only at the file's end.</returns>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Writes all bytes, growing the file where needed.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Makes everything written so far durable, the file's length included.</summary>
    void Sync();
}

/// <summary>The disk refused an operation.</summary>
/// <param name="message">The operation, the file and the reason, without a full stop.</param>
/// <param name="failure">What it means for the server.</param>
/// <param name="inner">The cause.</param>
internal sealed class DiskException(string message, DiskFailure failure, Exception? inner = null)
    : IOException(message, inner)
{
    /// <summary>What kind of refusal it is.</summary>
    public DiskFailure Failure { get; } = failure;

    /// <summary>What the reader can do about it: whole sentences.</summary>
    public string Cure { get; init; } = inner is DiskException cause ? cause.Cure : "Check the disk and the kernel's log.";

    /// <summary>Whether nothing was lost, and the same may succeed later.</summary>
    public bool MayPass => Failure is DiskFailure.NoSpace or DiskFailure.OutOfResources;
}

/// <summary>What a <see cref="DiskException"/> means for the server.</summary>
internal enum DiskFailure
{
    /// <summary>
    /// The disk is broken, or a sync failed: final (after a failed fsync the kernel has dropped the pages).
    /// </summary>
    Broken,

    /// <summary>No space is left, for this file at least: nothing was made durable, and it may work later.</summary>
    NoSpace,

    /// <summary>Another process holds this directory.</summary>
    Locked,

    /// <summary>The process or the system has no file descriptor or memory left at the moment: it may work later.</summary>
    OutOfResources,

    /// <summary>There is no such file or directory.</summary>
    NotFound,

    /// <summary>
    /// The system does not allow it: permissions, a read-only file system, something else in the file's place. The
    /// disk is sound, and an operator has to change something.
    /// </summary>
    Refused,
}
