namespace RaftAkka.Fuzzing.Targets;

/// <summary>All targets.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new FrameTarget(), new WireTarget(), new EntryTarget(), new CommandBatchTarget(), new ClockTickTarget(),
        new ConfigurationTarget(), new SessionTableTarget(), new SegmentTarget(), new SnapshotTarget(),
        new KeyValueRequestTarget(), new KeyValueStateTarget(),
    ];

    public static FuzzTarget Named(string name) => All.Single(target => target.Name == name);
}

/// <summary>The inputs that the fuzzer starts from, as files.</summary>
internal static class SeedInputs
{
    public static void Write(string directory)
    {
        foreach (var target in FuzzTargets.All)
        {
            var folder = Directory.CreateDirectory(Path.Combine(directory, target.Name)).FullName;
            foreach (var (seed, number) in target.Seeds().Select((seed, number) => (seed, number)))
                File.WriteAllBytes(Path.Combine(folder, $"seed-{number:000}"), seed);
        }
    }
}
