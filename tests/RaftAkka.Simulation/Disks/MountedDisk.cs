using RaftAkka.Log;
using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Disks;

/// <summary>A disk in the hands of one process, with everything that can go wrong on the way.</summary>
internal sealed class MountedDisk(SimulatedDisk disk, Host host) : IDisk
{
    private readonly DiskFaults _faults = disk.Faults;

    public string Location => disk.Location;

    public IReadOnlyList<string> List()
    {
        host.Step("list");
        return disk.Files.Keys.ToArray();
    }

    public IDiskFile Open(string name)
    {
        host.Step("open", name);
        return disk.Files.TryGetValue(name, out var inode)
            ? new MountedFile(this, disk, name, inode)
            : throw Refused($"there is no file {name}", DiskFailure.Broken);
    }

    public IDiskFile Create(string name)
    {
        host.Step("create", name);
        RefuseIfFull(name);
        if (disk.Files.TryGetValue(name, out var inode))
        {
            inode.SetLength(0);
        }
        else
        {
            inode = new Inode();
            disk.Change(name, inode);
        }

        host.Step("created", name);
        return new MountedFile(this, disk, name, inode);
    }

    public void Rename(string from, string to)
    {
        host.Step("rename", from);
        if (!disk.Files.ContainsKey(from)) throw Refused($"there is no file {from}", DiskFailure.Broken);
        disk.Rename(from, to);
        host.Step("renamed", to);
    }

    public void Delete(string name)
    {
        host.Step("delete", name);
        if (disk.Files.ContainsKey(name)) disk.Change(name, null);
        host.Step("deleted", name);
    }

    public void SyncDirectory()
    {
        host.Step("sync directory");
        Spend(_faults.SyncTime + _faults.SlowedBy);
        FailAtRate(_faults.SyncErrorRate, "syncing the directory");
        if (!_faults.IgnoresDirectorySyncs) disk.SyncNames();
        host.Step("synced directory");
    }

    public void Dispose()
    {
    }

    internal void Step(string what, string name) => host.Step(what, name);

    internal void FailAtRate(double rate, string what)
    {
        if (rate <= 0 || !disk.Dice.Chance(rate)) return;
        disk.Counts.Errors++;
        host.Watch("fails", what);
        throw Refused($"{what} failed (EIO)", DiskFailure.Broken);
    }

    internal void RefuseIfFull(string name)
    {
        if (!_faults.IsFull && !(_faults.FullRate > 0 && disk.Dice.Chance(_faults.FullRate))) return;
        disk.Counts.Full++;
        host.Watch("finds no space for", name);
        throw Refused($"no space is left for {name} (ENOSPC)", DiskFailure.NoSpace);
    }

    internal void Spend(TimeSpan time)
    {
        if (_faults.StallRate > 0 && disk.Dice.Chance(_faults.StallRate))
        {
            disk.Counts.Stalls++;
            time += disk.Dice.Between(TimeSpan.Zero, _faults.StallMax);
        }

        host.Stall(time);
    }

    private DiskException Refused(string what, DiskFailure failure) => new($"{Location}: {what}", failure);
}
