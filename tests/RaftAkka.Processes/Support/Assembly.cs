using System.Reflection;
using Xunit;

// Each test has a cluster of processes of its own: side by side they would only wait for each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace RaftAkka.Processes.Support;

/// <summary>What the build tells the tests.</summary>
internal static class Built
{
    public static string Executable { get; } = Value("Executable");

    public static string Hocon { get; } = Value("Hocon");

    private static string Value(string key) => typeof(Built).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}
