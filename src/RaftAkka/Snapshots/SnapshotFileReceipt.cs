using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Snapshots;

/// <summary>
/// Takes the bytes of a snapshot that another server sends, in order. They count only when <see cref="Finish"/> has
/// verified all of them. Disposed before, what has come stays, and is gone on with by the next receipt of the same.
/// </summary>
internal sealed class SnapshotFileReceipt : IDisposable
{
    private const long SyncEveryBytes = 8 * 1024 * 1024;   // For the reason that SnapshotFileWriter has.
    private const int CopyBytes = 1024 * 1024;

    private readonly IDisk _disk;
    private readonly LogIdentity _identity;
    private readonly string _name;
    private readonly SnapshotFileFaults _faults;
    private readonly IDiskFile _file;
    private long _synced;

    public SnapshotFileReceipt(
        IDisk disk, LogIdentity identity, StoredSnapshot announced, string name, bool isThere, SnapshotFileFaults faults)
    {
        (_disk, _identity, Announced, _name, _faults) = (disk, identity, announced, name, faults);
        _file = isThere ? disk.Open(name) : disk.Create(name);
        if (isThere) GoOn();
    }

    /// <summary>What is to become of the bytes.</summary>
    public StoredSnapshot Announced { get; }

    /// <summary>How many bytes are here: where the next ones belong.</summary>
    public long NextOffset { get; private set; }

    /// <summary>Whether all bytes are here, and it is time to <see cref="Finish"/>.</summary>
    public bool IsComplete => NextOffset == Announced.Bytes;

    /// <summary>Takes the next bytes. They are not durable before <see cref="Finish"/>.</summary>
    /// <param name="offset">Has to be <see cref="NextOffset"/>.</param>
    /// <param name="bytes">Bytes of the file; not beyond the length that was announced.</param>
    /// <exception cref="ArgumentException">They are not the next ones, or go beyond.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        if (offset != NextOffset || bytes.Length > Announced.Bytes - offset)
            throw new ArgumentException(
                $"{bytes.Length} bytes at {offset} are not the next of the {Announced}, which are at {NextOffset}");

        _file.Write(offset, bytes);
        NextOffset += bytes.Length;
        if (NextOffset - _synced < SyncEveryBytes) return;

        _file.Sync();
        _synced = NextOffset;
    }

    /// <summary>
    /// Verifies all bytes, makes them durable, and gives the snapshot its name. A damaged one is deleted, so that the
    /// next receipt begins anew.
    /// </summary>
    /// <param name="known">The configuration that the receiver knows to be committed; null where it knows none.</param>
    /// <returns>The snapshot, with its configuration.</returns>
    /// <exception cref="DamagedSnapshotException">The bytes are not what was announced.</exception>
    /// <exception cref="UnusableLogException">
    /// They are sound, but of another cluster, group or format, or of servers that cannot be this cluster's.
    /// </exception>
    public StoredSnapshot Finish(Configuration? known = null)
    {
        Invariant.Holds(IsComplete, "a snapshot is finished when all of it was received");
        var snapshot = VerifyOrDelete(known);
        _file.Sync();
        _file.Dispose();
        _disk.Rename(_name, SnapshotFileNames.Of(snapshot.Last));
        _disk.SyncDirectory();
        return snapshot;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Reads a finished snapshot to its end.</summary>
    /// <exception cref="DamagedSnapshotException">It is not sound.</exception>
    /// <exception cref="UnusableLogException">It is of another cluster, group or format.</exception>
    public static StoredSnapshot Verify(IDiskFile file, LogIdentity identity, SnapshotFileFaults faults)
    {
        var blocks = new SnapshotFileBlocks(file, identity, faults);
        while (blocks.ReadNext())
        {
            // Reading is verifying.
        }

        return new StoredSnapshot(blocks.Header.Head, file.Length, blocks.Checksum);
    }

    private StoredSnapshot VerifyOrDelete(Configuration? known)
    {
        try
        {
            var snapshot = Verify(_file, _identity, _faults);
            if (snapshot.Last != Announced.Last || snapshot.Bytes != Announced.Bytes || snapshot.Checksum != Announced.Checksum)
                throw _faults.Damaged(0, $"it is the {snapshot}, and the {Announced} was announced");
            Check(snapshot.Head, known);
            return snapshot;
        }
        catch (Exception e) when (e is DamagedSnapshotException or UnusableLogException)
        {
            _file.Dispose();
            _disk.Delete(_name);
            throw;
        }
    }

    // Before it has its name: a snapshot that has one is loaded at the next start. One without a configuration is of a
    // cluster that never had any but that of its settings.
    private static void Check(SnapshotHead head, Configuration? known)
    {
        if (head.Configuration.IsEmpty && known is null) return;
        if (!ConfigurationCodec.TryDecode(head.Configuration.Span, out var members) || members.IsEmpty)
            throw new UnusableLogException("it does not say who belongs to the cluster");
        if (known is not null && !members.CanFollow(known))
            throw new UnusableLogException(
                $"its members are {members}, without servers that never left {known}: it is of another cluster of the same name");
    }

    private void GoOn()
    {
        try
        {
            WriteAgain(SoundBytes());
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    // The earlier receipt may have ended with a failed sync, after which the kernel takes pages for written that the
    // disk does not have: they read well, and no later sync writes them, until the power is lost. So each byte that is
    // relied on is written by this receipt.
    private void WriteAgain(long bytes)
    {
        var buffer = new byte[CopyBytes];
        while (NextOffset < bytes)
        {
            var chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, bytes - NextOffset));
            Write(NextOffset, chunk[.._file.Read(NextOffset, chunk)]);
        }
    }

    // What an earlier process, or this one, received: as far as whole blocks are sound, for the rest may be torn.
    private long SoundBytes()
    {
        var sound = 0L;
        try
        {
            var blocks = new SnapshotFileBlocks(_file, _identity, _faults);
            sound = blocks.Position;
            while (blocks.ReadNext()) sound = blocks.Position;
            return _file.Length == Announced.Bytes ? Announced.Bytes : 0;   // Sound, but of other bytes: anew.
        }
        catch (DamagedSnapshotException)
        {
            return sound < Announced.Bytes ? sound : 0;
        }
        catch (UnusableLogException)
        {
            return 0;
        }
    }
}
