using RaftAkka.Log;

namespace RaftAkka.Tests.Log;

/// <summary>
/// A disk with a page cache: what was not synced is lost or torn when the power fails, names included, and
/// survives when only the process ends. Counts its operations, and fails or crashes at one of them.
/// </summary>
internal sealed class MemoryDisk : IDisk
{
    private readonly Dictionary<string, MemoryFile> _names = [];
    private readonly Dictionary<string, MemoryFile> _durableNames = [];
    private readonly List<NameChange> _unsyncedNames = [];
    private readonly Dictionary<MemoryFile, int> _open = [];
    private bool _dead;

    public string Location => "/memory";

    /// <summary>How many operations changed something, and so could fail.</summary>
    public int Operations { get; private set; }

    public int Syncs { get; private set; }

    /// <summary>Says what happens at the operation of a number, from 1.</summary>
    public Func<int, DiskOperation, DiskFault> FaultAt { get; set; } = (_, _) => DiskFault.None;

    /// <summary>Whether a file may be deleted while somebody reads it.</summary>
    public bool DeletesOpenFiles { get; set; }

    public IReadOnlyList<string> List()
    {
        ThrowIfDead();
        return [.. _names.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Says what opening a file that is there comes to; null where it succeeds.</summary>
    public Func<string, DiskFailure?> RefusesToOpen { get; set; } = _ => null;

    /// <summary>Says what reading a file comes to; null where it succeeds.</summary>
    public Func<string, DiskFailure?> RefusesToRead { get; set; } = _ => null;

    public IDiskFile Open(string name)
    {
        ThrowIfDead();
        if (_names.ContainsKey(name) && RefusesToOpen(name) is { } failure)
            throw new DiskException($"open {name}: refused", failure);
        return new OpenFile(this, name, Find(name));
    }

    public IDiskFile Create(string name)
    {
        var file = new MemoryFile();
        Do(DiskOperation.Create, () => Name(new NameChange(names => names[name] = file)));
        return new OpenFile(this, name, file);
    }

    public void Rename(string from, string to) => Do(DiskOperation.Rename, () =>
    {
        var file = Find(from);
        Name(new NameChange(names =>
        {
            names.Remove(from);
            names[to] = file;
        }));
    });

    public void Delete(string name)
    {
        // Its space would stay taken until it is closed.
        if (!DeletesOpenFiles && _names.TryGetValue(name, out var file) && _open.GetValueOrDefault(file) > 0)
            throw new InvalidOperationException($"{name} is open");
        Do(DiskOperation.Delete, () => Name(new NameChange(names => names.Remove(name), IsDeletion: true)));
    }

    public void SyncDirectory() => Do(DiskOperation.SyncDirectory, () =>
    {
        _durableNames.Clear();
        foreach (var (name, file) in _names) _durableNames[name] = file;
        _unsyncedNames.Clear();
    });

    public void Dispose()
    {
    }

    /// <summary>What a process finds that starts after this one was killed: all that it wrote.</summary>
    public MemoryDisk AfterKill() => Restarted(file => file.AfterKill());

    /// <summary>
    /// The same after a failed sync: the kernel counts as written what the disk does not have.
    /// </summary>
    public MemoryDisk AfterFailedSync() => Restarted(file => file.AfterFailedSync());

    private MemoryDisk Restarted(Func<MemoryFile, MemoryFile> restarted)
    {
        var copies = new Dictionary<MemoryFile, MemoryFile>();
        var disk = new MemoryDisk();
        foreach (var (name, file) in _names) disk._names[name] = Copy(file);
        foreach (var (name, file) in _durableNames) disk._durableNames[name] = Copy(file);
        return disk;

        // Names that were not synced stay so: the next SyncDirectory writes all.
        MemoryFile Copy(MemoryFile file) =>
            copies.TryGetValue(file, out var copy) ? copy : copies[file] = restarted(file);
    }

    /// <summary>
    /// What is there after the power failed: of what was not synced anything, whole, torn or not at all. Names
    /// come in order, but any of them may still be there that was deleted.
    /// </summary>
    public MemoryDisk AfterPowerLoss(Random random)
    {
        var names = new Dictionary<string, MemoryFile>(_durableNames);
        var kept = random.Next(_unsyncedNames.Count + 1);
        foreach (var (change, isDeletion) in _unsyncedNames)
            if (isDeletion ? random.Next(2) == 0 : kept-- > 0) change(names);

        var disk = new MemoryDisk();
        foreach (var (name, file) in names.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            disk._names[name] = disk._durableNames[name] = file.AfterPowerLoss(random);
        return disk;
    }

    /// <summary>A disk with the same files, all durable, to damage.</summary>
    public MemoryDisk Copy()
    {
        var disk = new MemoryDisk();
        foreach (var name in List()) disk.Put(name, Bytes(name).ToArray());
        return disk;
    }

    public byte[] Bytes(string name) => Find(name).Bytes;

    public void Put(string name, byte[] bytes) => _names[name] = _durableNames[name] = new MemoryFile(bytes);

    public void Remove(string name) => _names.Remove(name);

    private MemoryFile Find(string name) =>
        _names.GetValueOrDefault(name) ?? throw new DiskException($"there is no {name}", DiskFailure.NotFound);

    private void Name(NameChange change)
    {
        change.Apply(_names);
        _unsyncedNames.Add(change);
    }

    private void Do(DiskOperation operation, Action whole, Action? half = null)
    {
        ThrowIfDead();
        Operations++;
        var fault = FaultAt(Operations, operation);
        if (operation == DiskOperation.Sync) Syncs++;
        if (fault is DiskFault.CrashHalfway or DiskFault.FailHalfwayForSpace) half?.Invoke();
        if (fault is DiskFault.None or DiskFault.CrashAfter) whole();

        _dead = fault is DiskFault.CrashBefore or DiskFault.CrashAfter or DiskFault.CrashHalfway;
        ThrowIfDead();
        if (fault is DiskFault.FailForSpace or DiskFault.FailHalfwayForSpace)
            throw new DiskException($"{operation}: no space left", DiskFailure.NoSpace);
        if (fault is DiskFault.FailForResources)
            throw new DiskException($"{operation}: too many open files", DiskFailure.OutOfResources);
        if (fault is DiskFault.Fail)
            throw new DiskException($"{operation}: input/output error", DiskFailure.Broken);
    }

    private void ThrowIfDead()
    {
        if (_dead) throw new SimulatedCrashException();
    }

    private sealed record NameChange(Action<Dictionary<string, MemoryFile>> Apply, bool IsDeletion = false);

    private sealed class OpenFile : IDiskFile
    {
        private readonly MemoryDisk _disk;
        private readonly string _name;
        private readonly MemoryFile _file;
        private bool _closed;

        public OpenFile(MemoryDisk disk, string name, MemoryFile file)
        {
            (_disk, _name, _file) = (disk, name, file);
            disk._open[file] = disk._open.GetValueOrDefault(file) + 1;
        }

        public long Length => _file.Bytes.Length;

        public void Allocate(long length) => _disk.Do(DiskOperation.Allocate, () => _file.Grow((int)length));

        public int Read(long offset, Span<byte> buffer)
        {
            _disk.ThrowIfDead();
            if (_disk.RefusesToRead(_name) is { } failure)
                throw new DiskException($"read {_name}: input/output error", failure);
            var rest = _file.Bytes.AsSpan((int)Math.Min(offset, _file.Bytes.Length));
            var count = Math.Min(rest.Length, buffer.Length);
            rest[..count].CopyTo(buffer);
            return count;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            var copy = bytes.ToArray();
            _disk.Do(DiskOperation.Write,
                () => _file.Write((int)offset, copy),
                () => _file.Write((int)offset, copy[..(copy.Length / 2)]));
        }

        public void Sync() => _disk.Do(DiskOperation.Sync, _file.Sync);

        public void Dispose()
        {
            if (_closed) return;
            _closed = true;
            _disk._open[_file]--;
        }
    }
}

internal enum DiskOperation
{
    Create,
    Allocate,
    Write,
    Sync,
    Rename,
    Delete,
    SyncDirectory,
}

internal enum DiskFault
{
    None,
    CrashBefore,
    CrashHalfway,
    CrashAfter,
    Fail,
    FailForSpace,
    FailHalfwayForSpace,
    FailForResources,
}

/// <summary>The process that used the disk is gone.</summary>
internal sealed class SimulatedCrashException : Exception;
