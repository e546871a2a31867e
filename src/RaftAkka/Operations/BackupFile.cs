using RaftAkka.Log;
using RaftAkka.Protocol;
using RaftAkka.Snapshots;

namespace RaftAkka.Operations;

/// <summary>
/// A backup that comes in, under another name until it is whole, verified and durable. Disposed before that, it leaves
/// nothing.
/// </summary>
internal sealed class BackupFile : IDisposable
{
    private const long SyncEveryBytes = 8 * 1024 * 1024;   // So that the last sync has little left to do.

    private readonly IDisk _disk;
    private readonly string _name;
    private readonly string _unfinishedName;
    private readonly bool _overwrites;
    private IDiskFile? _file;
    private long _synced;
    private bool _isFinished;

    /// <param name="disk">The directory; disposed with this.</param>
    /// <param name="name">The file's name in the end.</param>
    /// <param name="tag">Tells it from others that are written at the same time under the same name.</param>
    /// <param name="overwrites">Whether it may take the place of a file of that name.</param>
    /// <exception cref="OperationRefusedException">There is such a file.</exception>
    public BackupFile(IDisk disk, string name, string tag, bool overwrites)
    {
        (_disk, _name, _overwrites) = (disk, name, overwrites);
        _unfinishedName = $"{name}.unfinished-{tag}";
        if (!overwrites && disk.List().Contains(name)) throw Exists();
        disk.DeleteAbandoned($"{name}.unfinished-");
    }

    /// <summary>How many bytes are here.</summary>
    public long Length { get; private set; }

    /// <summary>Adds the next bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        _file ??= _disk.Create(_unfinishedName);
        _file.Write(Length, bytes);
        Length += bytes.Length;
        if (Length - _synced < SyncEveryBytes) return;
        _file.Sync();
        _synced = Length;
    }

    /// <summary>Verifies all bytes, makes them durable, and gives the file its name.</summary>
    /// <exception cref="DamagedSnapshotException">The bytes are not what was announced.</exception>
    /// <exception cref="UnusableLogException">They are sound, but of another cluster, group or format.</exception>
    /// <exception cref="OperationRefusedException">There is a file of that name by now.</exception>
    public void Finish(LogIdentity identity, StoredSnapshot announced)
    {
        Invariant.Holds(Length == announced.Bytes, "a backup is finished when all of it came");
        var file = _file ?? throw new InvariantBrokenException("a backup has bytes");
        var faults = new SnapshotFileFaults(identity, _disk.Location, _unfinishedName);
        var verified = SnapshotFileReceipt.Verify(file, identity, faults);
        if (verified.Last != announced.Last || verified.Checksum != announced.Checksum)
            throw faults.Damaged(0, $"it is the {verified}, and the {announced} was announced");

        file.Sync();
        file.Dispose();
        if (_overwrites) _disk.Rename(_unfinishedName, _name);
        else if (!_disk.TryRenameNew(_unfinishedName, _name)) throw Exists();
        _isFinished = true;
        _disk.SyncDirectory();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_file is not null && !_isFinished)
        {
            _file.Dispose();
            _disk.Delete(_unfinishedName);
        }

        _isFinished = true;
        _disk.Dispose();
    }

    private OperationRefusedException Exists() => new(
        $"There is a file {_name} in {_disk.Location} already, and it stays as it is. Choose another name, or say that "
        + "it may be replaced (--force).");
}
