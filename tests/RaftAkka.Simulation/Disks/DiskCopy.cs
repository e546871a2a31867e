namespace RaftAkka.Simulation.Disks;

/// <summary>What a power loss would have left of a disk at some time.</summary>
internal sealed class DiskCopy
{
    private readonly List<(string Name, byte[] Bytes)> _files;

    public DiskCopy(SimulatedDisk disk) =>
        _files = [.. disk.DurableFiles.Select(file => (file.Key, file.Value.Durable.ToArray()))];

    /// <summary>Makes a disk, which nobody uses now, what it was when the copy was taken.</summary>
    public void PutBack(SimulatedDisk disk)
    {
        disk.Wipe();
        foreach (var (name, bytes) in _files)
        {
            var inode = new Inode();
            inode.Write(0, bytes);
            inode.Sync();
            disk.Change(name, inode);
        }

        disk.SyncNames();
    }
}
