using RaftAkka.Log;

namespace RaftAkka.Simulation.Disks;

/// <summary>An open file of a <see cref="MountedDisk"/>.</summary>
internal sealed class MountedFile(MountedDisk mount, SimulatedDisk disk, string name, Inode inode) : IDiskFile
{
    public long Length => inode.Length;

    public void Allocate(long length)
    {
        mount.Step("allocate", name);
        mount.RefuseIfFull(name);
        if (length > inode.Length) inode.SetLength(length);
    }

    public int Read(long offset, Span<byte> buffer)
    {
        mount.Step("read", name);
        mount.FailAtRate(disk.Faults.ReadErrorRate, $"reading {name}");
        var count = inode.Read(offset, buffer);
        if (disk.Faults.ReadFlipRate > 0) MayFlip(offset, buffer[..count]);
        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        mount.Step("write", name);
        mount.Spend(disk.Faults.WriteTime);
        // A write that fails may still have written some of its bytes.
        var part = disk.Faults.WriteErrorRate > 0 ? bytes[..disk.Dice.Below(bytes.Length + 1)] : default;
        try
        {
            mount.FailAtRate(disk.Faults.WriteErrorRate, $"writing {name}");
            if (offset + bytes.Length > inode.Length) mount.RefuseIfFull(name);
        }
        catch (DiskException)
        {
            if (!part.IsEmpty) inode.Write(offset, part);
            throw;
        }

        disk.Counts.Writes++;
        inode.Write(offset, bytes);
        mount.Step("wrote", name);
    }

    public void Sync()
    {
        mount.Step("sync", name);
        mount.Spend(disk.Faults.SyncTime + disk.Faults.SlowedBy);
        disk.Counts.Syncs++;
        try
        {
            mount.FailAtRate(disk.Faults.SyncErrorRate, $"syncing {name}");
        }
        catch (DiskException)
        {
            inode.FailSync(disk.Dice);
            throw;
        }

        if (!disk.Faults.IgnoresSyncs) mount.Sync(inode);
        mount.Step("synced", name);
    }

    public void Dispose()
    {
    }

    private void MayFlip(long offset, Span<byte> bytes)
    {
        if (bytes.IsEmpty || !disk.Dice.Chance(disk.Faults.ReadFlipRate)) return;
        var place = disk.Dice.Below(bytes.Length);
        if (offset + place >= disk.DamageableBytes(inode)) return;

        disk.Counts.Flips++;
        bytes[place] ^= (byte)(1 << disk.Dice.Below(8));
    }
}
