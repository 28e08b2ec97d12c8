/// The files of a new suite that nothing but its name goes into.
enum NewSuiteText {
  static func script(length: String) -> String {
    #"""
    // A first load test: 30 users who each ask for one page a second. BASE_URL comes from grid.yml.
    import http from 'k6/http';
    import { check, sleep } from 'k6';

    export const options = {
      scenarios: {
        visit: { executor: 'constant-vus', vus: 30, duration: '\#(length)', gracefulStop: '10s' },
      },
    };

    export default function () {
      const response = http.get(__ENV.BASE_URL, { tags: { name: 'home' } });
      check(response, { 'status is 200': (r) => r.status === 200 });
      sleep(1);
    }

    """#
  }

  /// In full, because nobody but its user knows where k6-grid lies; the steps are held against load-test.yml by a test.
  static func workflow(suite: String) -> String {
    #"""
    # The nightly load test: an AWS role by OIDC, tasks of Fargate, one verdict. It needs 'ecs:' and a bucket as 'store:' in
    # grid.yml, and the repository's variables AWS_REGION, AWS_ROLE_ARN and COORDINATOR_IMAGE; until then it is skipped.
    # Its steps are those of k6-grid's own .github/workflows/load-test.yml, which may be called instead (docs/github.md there).
    name: Nightly load test
    on:
      schedule:
        # An odd minute: GitHub delays and drops what is due at the full hour.
        - cron: "17 2 * * *"
      workflow_dispatch:
        inputs:
          shards:
            description: How many shards share the load, or auto; empty for what grid.yml says
            type: string
          release:
            description: What was shipped with the commit, as v2.41
            type: string

    permissions: {}

    jobs:
      load:
        # Without a role there is no account to load from.
        if: ${{ vars.AWS_ROLE_ARN != '' }}
        permissions:
          # The trend page's branch.
          contents: write
          # The role in AWS.
          id-token: write
          # The coordinator's image, where it is private.
          packages: read
          # Who is told of a run: 'alert:' in grid.yml.
          issues: write
          pull-requests: write
          statuses: write
        runs-on: ubuntu-24.04
        timeout-minutes: 120
        # One target is loaded by one run; a later one waits.
        concurrency:
          group: nightly-\#(suite)
          cancel-in-progress: false
        env:
          AWS_REGION: ${{ vars.AWS_REGION }}
          AWS_ROLE_ARN: ${{ vars.AWS_ROLE_ARN }}
          COORDINATOR_IMAGE: ${{ vars.COORDINATOR_IMAGE }}
          GRID_CONFIG: grid.yml
          # A branch for the trend page, as gh-pages.
          GRID_PAGES: ${{ vars.GRID_PAGES }}
          GRID_RELEASE: ${{ inputs.release }}
          GRID_SHARDS: ${{ inputs.shards }}
        steps:
          - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
            with:
              persist-credentials: false
          - name: Fetch the coordinator
            env:
              GITHUB_TOKEN: ${{ github.token }}
            run: |
              # A private image on GHCR is there for a job with 'packages: read'.
              container=$(docker create "$COORDINATOR_IMAGE") || {
                docker login ghcr.io --username "$GITHUB_ACTOR" --password-stdin <<<"$GITHUB_TOKEN"
                container=$(docker create "$COORDINATOR_IMAGE")
              }
              mkdir -p "$RUNNER_TEMP/bin"
              docker cp "$container:/usr/local/bin/coordinator" "$RUNNER_TEMP/bin/coordinator"
              docker rm "$container" >/dev/null
              echo "$RUNNER_TEMP/bin" >>"$GITHUB_PATH"
          # exec: a cancelled job tells the step's first process, and only that one.
          - name: Run
            id: run
            env:
              GITHUB_TOKEN: ${{ github.token }}
              PAGERDUTY_ROUTING_KEY: ${{ secrets.PAGERDUTY_ROUTING_KEY }}
              PAGERDUTY_HARNESS_ROUTING_KEY: ${{ secrets.PAGERDUTY_HARNESS_ROUTING_KEY }}
            run: >-
              exec coordinator run --config "$GRID_CONFIG" ${GRID_SHARDS:+--shards "$GRID_SHARDS"}
              ${GRID_RELEASE:+--release "$GRID_RELEASE"} ${GRID_PAGES:+--pages "$GRID_PAGES"}
          # Of a run that is over this finds nothing; of one that was cancelled it records what there is, and tells of it.
          - name: Leave no task behind
            if: always()
            env:
              GITHUB_TOKEN: ${{ github.token }}
              PAGERDUTY_ROUTING_KEY: ${{ secrets.PAGERDUTY_ROUTING_KEY }}
              PAGERDUTY_HARNESS_ROUTING_KEY: ${{ secrets.PAGERDUTY_HARNESS_ROUTING_KEY }}
            run: exec coordinator stop --config "$GRID_CONFIG"
          # What made it fail, if anything of the set-up did. With the job's own role: what that may not look at is not checked.
          - name: Look at the set-up
            if: failure()
            env:
              GITHUB_TOKEN: ${{ github.token }}
              PAGERDUTY_ROUTING_KEY: ${{ secrets.PAGERDUTY_ROUTING_KEY }}
              PAGERDUTY_HARNESS_ROUTING_KEY: ${{ secrets.PAGERDUTY_HARNESS_ROUTING_KEY }}
            run: >-
              exec coordinator doctor --config "$GRID_CONFIG" ${GRID_SHARDS:+--shards "$GRID_SHARDS"}
              ${GRID_PAGES:+--pages "$GRID_PAGES"}
          # Once more: whoever has recorded the run, and if nobody has, that nothing ran; and the issue's number.
          # A page that cannot be published is an annotation, not a verdict.
          - name: Publish the trend page
            if: always()
            continue-on-error: true
            env:
              GITHUB_TOKEN: ${{ github.token }}
            run: exec coordinator report --config "$GRID_CONFIG" --out "$RUNNER_TEMP/site" ${GRID_PAGES:+--pages "$GRID_PAGES"}
          - name: Keep the trend page with the job
            if: always()
            continue-on-error: true
            uses: actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0
            with:
              name: trend-page-${{ github.run_attempt }}
              path: ${{ runner.temp }}/site
              retention-days: 14

    """#
  }
}
