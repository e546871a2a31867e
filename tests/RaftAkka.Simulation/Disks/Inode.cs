using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Disks;

/// <summary>A file's bytes: as the page cache has them, and as the disk has them.</summary>
internal sealed class Inode
{
    private const int SectorBytes = 512;

    private readonly List<Change> _unsynced = [];
    private Image _cache = new();
    private Image _disk = new();
    private long _syncsEnded;

    public long Length => _cache.Length;

    public ReadOnlySpan<byte> Cached => _cache.Bytes;

    public ReadOnlySpan<byte> Durable => _disk.Bytes;

    public bool IsSynced => _unsynced.Count == 0;

    public int Read(long offset, Span<byte> buffer)
    {
        if (offset >= Length) return 0;
        var available = Cached[(int)offset..];
        if (available.Length > buffer.Length) available = available[..buffer.Length];
        available.CopyTo(buffer);
        return available.Length;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes) => Do(new Change(offset, bytes.ToArray(), null));

    public void SetLength(long length) => Do(new Change(0, default, length));

    public void Sync() => EndSync(BeginSync());

    /// <summary>Begins to bring what was changed so far to the disk.</summary>
    public SyncUnderWay BeginSync() => new(_unsynced.Count, _syncsEnded);

    /// <summary>Ends a sync; in vain if the power was lost, and needlessly if another one was quicker.</summary>
    public void EndSync(SyncUnderWay sync)
    {
        if (sync.SyncsEnded != _syncsEnded) return;
        foreach (var change in _unsynced.Take(sync.Changes)) change.ApplyTo(_disk);
        Forget(sync.Changes);
    }

    /// <summary>
    /// A sync that failed: some of it reached the disk, and the kernel takes the rest for clean from now on, so
    /// that no later sync writes it.
    /// </summary>
    public void FailSync(Dice dice)
    {
        Tear(dice);
        Forget(_unsynced.Count);
    }

    public void LosePower(CrashMode mode, Dice dice)
    {
        if (mode == CrashMode.KeepUnsynced) Sync();
        if (mode == CrashMode.TearUnsynced) Tear(dice);
        Forget(_unsynced.Count);
        _cache = _disk.Copy();
    }

    /// <summary>Damages one bit where it lies.</summary>
    public void FlipBit(long offset, int bit)
    {
        _disk.Bytes[(int)offset] ^= (byte)(1 << bit);
        _cache.Bytes[(int)offset] ^= (byte)(1 << bit);
    }

    private void Forget(int changes)
    {
        _unsynced.RemoveRange(0, changes);
        _syncsEnded++;
    }

    private void Do(Change change)
    {
        change.ApplyTo(_cache);
        _unsynced.Add(change);
    }

    // Write-back takes whole sectors in any order: each holds the state after some number of the changes.
    private void Tear(Dice dice)
    {
        var sectors = new SortedDictionary<long, int>();
        foreach (var change in _unsynced)
            for (var sector = change.Offset / SectorBytes; sector * SectorBytes < change.End; sector++)
                sectors.TryAdd(sector, 0);
        // Write-back that had got far, or hardly begun: not only the even mix in between.
        var progress = dice.Pick(new[] { 0.1, 0.5, 0.9 });
        foreach (var sector in sectors.Keys.ToArray()) sectors[sector] = Reached(dice, progress);
        var lengthReached = Reached(dice, progress);

        for (var number = 0; number < _unsynced.Count; number++)
        {
            var change = _unsynced[number];
            if (change.NewLength is not null)
            {
                if (number < lengthReached) change.ApplyTo(_disk);
                continue;
            }

            for (var sector = change.Offset / SectorBytes; sector * SectorBytes < change.End; sector++)
                if (number < sectors[sector]) change.Within(sector * SectorBytes, SectorBytes).ApplyTo(_disk);
        }
    }

    private int Reached(Dice dice, double progress) =>
        dice.Chance(progress) ? _unsynced.Count : dice.Below(_unsynced.Count + 1);

    internal readonly record struct SyncUnderWay(int Changes, long SyncsEnded);

    private readonly record struct Change(long Offset, ReadOnlyMemory<byte> Written, long? NewLength)
    {
        public long End => Offset + Written.Length;

        public Change Within(long start, long length)
        {
            var from = Math.Max(start, Offset);
            var to = Math.Min(start + length, End);
            return new Change(from, Written[(int)(from - Offset)..(int)(to - Offset)], null);
        }

        public void ApplyTo(Image image)
        {
            if (NewLength is { } length) image.SetLength(length);
            else image.Write(Offset, Written.Span);
        }
    }

    private sealed class Image
    {
        private byte[] _bytes = [];

        public int Length { get; private set; }

        public Span<byte> Bytes => _bytes.AsSpan(0, Length);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (offset + bytes.Length > Length) SetLength(offset + bytes.Length);
            bytes.CopyTo(_bytes.AsSpan((int)offset));
        }

        public void SetLength(long length)
        {
            if (length > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Max(length, 2L * _bytes.Length));
            if (length < Length) _bytes.AsSpan((int)length).Clear();
            Length = (int)length;
        }

        public Image Copy() => new() { _bytes = Bytes.ToArray(), Length = Length };
    }
}
