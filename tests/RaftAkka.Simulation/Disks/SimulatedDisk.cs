using RaftAkka.Simulation.Engine;

namespace RaftAkka.Simulation.Disks;

/// <summary>
/// A disk with a page cache and one directory. It outlives the processes that use it: a killed process leaves the
/// cache as it is, a power loss leaves what was synced, and of the rest whatever <see cref="CrashMode"/> says.
/// </summary>
internal sealed class SimulatedDisk(string location, Dice dice)
{
    private readonly List<NameChange> _unsyncedNames = [];
    private SortedDictionary<string, Inode> _names = new(StringComparer.Ordinal);
    private SortedDictionary<string, Inode> _durableNames = new(StringComparer.Ordinal);

    public string Location { get; } = location;

    public Dice Dice { get; } = dice;

    public DiskFaults Faults { get; } = new();

    public DiskCounts Counts { get; } = new();

    /// <summary>How many of a file's first bytes may be damaged: what is behind them, nobody could tell.</summary>
    public Func<Inode, long> DamageableBytes { get; init; } = file => file.Length;

    /// <summary>The names as a process sees them.</summary>
    public IReadOnlyDictionary<string, Inode> Files => _names;

    /// <summary>The names that would be there after a power loss now.</summary>
    public IReadOnlyDictionary<string, Inode> DurableFiles => _durableNames;

    /// <summary>Opens the disk for a process. What it then does fails once the process is dead.</summary>
    public MountedDisk Mount(Host host) => new(this, host);

    public void LosePower()
    {
        var mode = Faults.CrashMode ?? Dice.Pick(Enum.GetValues<CrashMode>());
        // A journal keeps the order of the names' changes: some of the first ones are there.
        var kept = mode switch
        {
            CrashMode.LoseUnsynced => 0,
            CrashMode.KeepUnsynced => _unsyncedNames.Count,
            _ => Dice.Below(_unsyncedNames.Count + 1),
        };
        foreach (var change in _unsyncedNames.Take(kept)) change.ApplyTo(_durableNames);
        _unsyncedNames.Clear();

        // A file that was opened and renamed has two names until the directory is synced; its bytes are one.
        foreach (var inode in _durableNames.Values.Distinct()) inode.LosePower(mode, Dice);
        _names = Copy(_durableNames);
    }

    /// <summary>A new disk in the place of the old one.</summary>
    public void Wipe()
    {
        _names.Clear();
        _durableNames = new(StringComparer.Ordinal);
        _unsyncedNames.Clear();
    }

    internal void Change(string name, Inode? inode)
    {
        var change = new NameChange(name, inode, null);
        change.ApplyTo(_names);
        _unsyncedNames.Add(change);
    }

    internal void Rename(string from, string to)
    {
        // One change: after a crash the file has the old name or the new one, never both and never neither.
        var change = new NameChange(to, _names[from], from);
        change.ApplyTo(_names);
        _unsyncedNames.Add(change);
    }

    internal void SyncNames()
    {
        _durableNames = Copy(_names);
        _unsyncedNames.Clear();
    }

    private static SortedDictionary<string, Inode> Copy(SortedDictionary<string, Inode> names) =>
        new(names, StringComparer.Ordinal);

    private readonly record struct NameChange(string Name, Inode? Inode, string? OldName)
    {
        public void ApplyTo(SortedDictionary<string, Inode> names)
        {
            if (OldName is not null) names.Remove(OldName);
            if (Inode is null) names.Remove(Name);
            else names[Name] = Inode;
        }
    }
}
