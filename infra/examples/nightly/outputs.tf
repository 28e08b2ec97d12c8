output "grid_yml" {
  description = "What grid.yml needs: `terraform output -raw grid_yml`."
  value       = module.k6_grid.grid_yml["checkout"]
}

output "github_variables" {
  description = "What the workflow asks of its repository."
  value       = module.k6_grid.github_variables
}

output "image" {
  description = "Where the shards' image is to be pushed."
  value       = module.k6_grid.image
}

output "k6_grid" {
  description = "All that the module says."
  value       = module.k6_grid
}
