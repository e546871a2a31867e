namespace RaftAkka.Tests.Log;

/// <summary>
/// A file of a <see cref="MemoryDisk"/>: its bytes, and which of them are only in the page cache.
/// </summary>
internal sealed class MemoryFile(byte[]? bytes = null)
{
    private const int SectorBytes = 512;

    private readonly List<(int Offset, byte[] Bytes)> _unsynced = [];
    private byte[] _durable = bytes?.ToArray() ?? [];

    public byte[] Bytes { get; private set; } = bytes ?? [];

    public void Grow(int length)
    {
        if (length > Bytes.Length) Apply((length, []));
    }

    public void Write(int offset, byte[] bytes) => Apply((offset, bytes));

    public void Sync()
    {
        foreach (var write in _unsynced) _durable = Written(_durable, write);
        _unsynced.Clear();
    }

    public MemoryFile AfterFailedSync() => new() { Bytes = Bytes.ToArray(), _durable = _durable.ToArray() };

    public MemoryFile AfterKill()
    {
        var copy = AfterFailedSync();
        copy._unsynced.AddRange(_unsynced);
        return copy;
    }

    public MemoryFile AfterPowerLoss(Random random)
    {
        var bytes = _durable.ToArray();
        foreach (var write in _unsynced)
        {
            switch (random.Next(3))
            {
                case 0:
                    bytes = Written(bytes, write);
                    break;
                case 1:
                    foreach (var sector in Sectors(write).Where(_ => random.Next(2) == 0))
                        bytes = Written(bytes, sector);
                    break;
                default:
                    break;   // Lost.
            }
        }

        return new MemoryFile(bytes);
    }

    private void Apply((int Offset, byte[] Bytes) write)
    {
        Bytes = Written(Bytes, write);
        _unsynced.Add(write);
    }

    private static IEnumerable<(int Offset, byte[] Bytes)> Sectors((int Offset, byte[] Bytes) write)
    {
        if (write.Bytes.Length == 0) yield return write;
        for (var start = 0; start < write.Bytes.Length;)
        {
            var end =
                Math.Min(write.Bytes.Length, start + SectorBytes - (write.Offset + start) % SectorBytes);
            yield return (write.Offset + start, write.Bytes[start..end]);
            start = end;
        }
    }

    private static byte[] Written(byte[] bytes, (int Offset, byte[] Bytes) write)
    {
        var end = write.Offset + write.Bytes.Length;
        if (end > bytes.Length) Array.Resize(ref bytes, end);
        write.Bytes.CopyTo(bytes, write.Offset);
        return bytes;
    }
}
