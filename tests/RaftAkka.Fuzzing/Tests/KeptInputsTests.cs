using RaftAkka.Fuzzing.Targets;
using Xunit;

namespace RaftAkka.Fuzzing.Tests;

/// <summary>What the fuzzer found once, and what it starts from, passes on every run.</summary>
public sealed class KeptInputsTests
{
    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(target => target.Name)];

    public static TheoryData<string, string> Kept
    {
        get
        {
            var kept = new TheoryData<string, string>();
            foreach (var file in Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                kept.Add(Path.GetFileName(Path.GetDirectoryName(file)!), Path.GetFileName(file));
            return kept;
        }
    }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Kept");

    [Theory, MemberData(nameof(Targets))]
    public void Well_formed_inputs_pass(string target) =>
        Assert.All(FuzzTargets.Named(target).Seeds(), seed => FuzzTargets.Named(target).Run(seed));

    [Theory, MemberData(nameof(Kept))]
    public void An_input_that_once_failed_passes(string target, string file) =>
        FuzzTargets.Named(target).Run(File.ReadAllBytes(Path.Combine(Folder, target, file)));

    // A short random walk around the well-formed inputs: it keeps each target honest where no fuzzer runs.
    [Theory, MemberData(nameof(Targets))]
    public void Damaged_inputs_pass(string name)
    {
        var (target, random) = (FuzzTargets.Named(name), new Random(4711));
        var seeds = target.Seeds().ToArray();
        foreach (var round in Enumerable.Range(0, 500)) target.Run(Damaged(seeds[round % seeds.Length], random));
    }

    private static byte[] Damaged(byte[] seed, Random random)
    {
        var bytes = seed[..^(seed.Length > 1 && random.Next(4) == 0 ? random.Next(seed.Length) : 0)];
        foreach (var _ in Enumerable.Range(0, random.Next(1, 5)))
            if (bytes.Length > 0) bytes[random.Next(bytes.Length)] = Edge(random);
        return bytes;
    }

    private static byte Edge(Random random) => random.Next(3) switch
    {
        0 => 0xff,
        1 => (byte)random.Next(4),
        _ => (byte)random.Next(256),
    };
}
