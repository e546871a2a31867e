using RaftAkka.Log;
using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Disks;

/// <summary>A disk in the hands of one process, with everything that can go wrong on the way.</summary>
internal sealed class MountedDisk : IDisk
{
    private readonly SimulatedDisk _disk;
    private readonly Host _host;
    private readonly DiskFaults _faults;
    private Action? _endSync;
    private long _syncedInTurn;

    public MountedDisk(SimulatedDisk disk, Host host)
    {
        (_disk, _host, _faults) = (disk, host, disk.Faults);
        host.Crashing = () =>
        {
            if (_syncedInTurn == host.Loop.Steps) _endSync?.Invoke();
        };
    }

    public string Location => _disk.Location;

    public IReadOnlyList<string> List()
    {
        Step("list");
        return _disk.Files.Keys.ToArray();
    }

    public IDiskFile Open(string name)
    {
        Step("open", name);
        return _disk.Files.TryGetValue(name, out var inode)
            ? new MountedFile(this, _disk, name, inode)
            : throw Refused($"there is no file {name}", DiskFailure.NotFound);
    }

    public IDiskFile Create(string name)
    {
        Step("create", name);
        RefuseIfFull(name);
        if (_disk.Files.TryGetValue(name, out var inode))
        {
            inode.SetLength(0);
        }
        else
        {
            inode = new Inode();
            _disk.Change(name, inode);
        }

        Step("created", name);
        return new MountedFile(this, _disk, name, inode);
    }

    public void Rename(string from, string to)
    {
        Step("rename", from);
        if (!_disk.Files.ContainsKey(from)) throw Refused($"there is no file {from}", DiskFailure.NotFound);
        _disk.Rename(from, to);
        Step("renamed", to);
    }

    public void Delete(string name)
    {
        Step("delete", name);
        if (_disk.Files.ContainsKey(name)) _disk.Change(name, null);
        Step("deleted", name);
    }

    public void SyncDirectory()
    {
        Step("sync directory");
        Spend(_faults.SyncTime + _faults.SlowedBy);
        FailAtRate(_faults.SyncErrorRate, "syncing the directory");
        if (!_faults.IgnoresDirectorySyncs) _disk.SyncNames();
        Step("synced directory");
    }

    public void Dispose()
    {
    }

    internal void Step(string what, string? name = null)
    {
        // The code has gone on, so that the sync before this has ended.
        if (what != "synced") _endSync?.Invoke();
        _host.Step(what, name);
    }

    /// <summary>
    /// A sync whose time has passed when the turn's other effects show: until then a power loss takes what was
    /// to be synced, for all that the others have heard.
    /// </summary>
    internal void Sync(Inode inode)
    {
        var sync = inode.BeginSync();
        (_endSync, _syncedInTurn) = (() => inode.EndSync(sync), _host.Loop.Steps);
        if (_host.IsStalled) _host.Loop.Agenda.Plan(_host.Now, null, _endSync);
        else _endSync();
    }

    internal void FailAtRate(double rate, string what)
    {
        if (rate <= 0 || !_disk.Dice.Chance(rate)) return;
        _disk.Counts.Errors++;
        _host.Watch("fails", what);
        throw Refused($"{what} failed (EIO)", DiskFailure.Broken);
    }

    internal void RefuseIfFull(string name)
    {
        if (!_faults.IsFull && !(_faults.FullRate > 0 && _disk.Dice.Chance(_faults.FullRate))) return;
        _disk.Counts.Full++;
        _host.Watch("finds no space for", name);
        throw Refused($"no space is left for {name} (ENOSPC)", DiskFailure.NoSpace);
    }

    internal void Spend(TimeSpan time)
    {
        if (_faults.StallRate > 0 && _disk.Dice.Chance(_faults.StallRate))
        {
            _disk.Counts.Stalls++;
            time += _disk.Dice.Between(TimeSpan.Zero, _faults.StallMax);
        }

        _host.Stall(time);
    }

    private DiskException Refused(string what, DiskFailure failure) => new($"{Location}: {what}", failure);
}
